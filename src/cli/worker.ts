#!/usr/bin/env node
/** The entry of `retire-cluster-worker`: nothing is loaded before Node is known to be new enough. */
import { requireNode } from './node-version.ts'

requireNode('retire-cluster-worker')
const { run } = await import('./run.ts')
const { runWorker } = await import('./device/worker-program.ts')
await run('retire-cluster-worker', () => runWorker(process.argv.slice(2), process.env))
