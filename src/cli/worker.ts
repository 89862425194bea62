#!/usr/bin/env node
/**
 * The entry of `retire-cluster-worker`: nothing is loaded before Node is known to be new enough. The worker starts this file
 * once more, with one argument of its own, as the sandbox of a `javascript` or `wasm` task, as the process of a task type of its owner's own,
 * or as its benchmark: it may be the only file there is.
 */
import { BENCHMARK_ARGUMENT } from '../worker/benchmark/argument.ts'
import { CUSTOM_TYPES_ARGUMENT } from '../worker/custom-types/argument.ts'
import { SANDBOX_ARGUMENT } from '../worker/javascript/argument.ts'
import { WASM_ARGUMENT } from '../worker/wasm/argument.ts'
import { requireNode } from './node-version.ts'

requireNode('retire-cluster-worker')
const { makeEndSure } = await import('./sure-end.ts')
makeEndSure()
if (process.argv[2] === SANDBOX_ARGUMENT) {
  const { runSandbox } = await import('../worker/javascript/sandbox.ts')
  process.exit(await runSandbox())
}
if (process.argv[2] === WASM_ARGUMENT) {
  const { runWasm } = await import('../worker/wasm/sandbox.ts')
  process.exit(await runWasm(import.meta.filename, process.argv[3]))
}
if (process.argv[2] === CUSTOM_TYPES_ARGUMENT) {
  const { runCustomTypes } = await import('../worker/custom-types/program.ts')
  process.exit(await runCustomTypes())
}
if (process.argv[2] === BENCHMARK_ARGUMENT) {
  const { runBenchmark } = await import('../worker/benchmark/program.ts')
  runBenchmark()
  process.exit(0)
}
const { collectOnceStarted, startSmall } = await import('./start-small.ts')
startSmall()
collectOnceStarted()
const { run } = await import('./run.ts')
const { runWorker } = await import('./device/worker-program.ts')
await run('retire-cluster-worker', () => runWorker(process.argv.slice(2), process.env, import.meta.filename))
