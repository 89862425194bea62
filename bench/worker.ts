/**
 * What a worker costs its device: the size of its one file, the time from its start until it has joined, and what it takes of the
 * memory and of the processor while it has nothing to do. Everything runs on this machine, from a node of the bench's own:
 *
 *     npm run bench:worker
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { WORKER_NODE_FLAGS, WORKER_NODE_VARIABLES } from '../src/link/server/worker-node-flags.ts'
import { readMemory, readStat } from '../src/worker/processes/proc.ts'

const JOINS = 10
/** By then what was needed for the start alone has been let go. */
const SETTLED_MS = 30_000
const IDLE_MS = 60_000
const TOKEN = 'join-token-of-the-bench'
const WORKER = join(import.meta.dirname, '../dist/retire-cluster-worker.mjs')

const directory = mkdtempSync(join(tmpdir(), 'retire-cluster-bench-'))
const children: ChildProcess[] = []

/** Starts a program. Resolves when it has written a line that matches, with that and with how long it took. */
const launch = async (
  args: readonly string[],
  stream: 'stdout' | 'stderr',
  wanted: RegExp,
  variables: Readonly<Record<string, string>> = {},
) => {
  const startMs = performance.now()
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...variables },
  })
  children.push(child)
  child[stream === 'stdout' ? 'stderr' : 'stdout'].resume()
  for await (const line of createInterface({ input: child[stream] })) {
    const found = wanted.exec(line)
    if (found === null) continue
    const ms = performance.now() - startMs
    child[stream].resume()
    return { child, ms, found }
  }
  throw new Error(`${args.join(' ')} ended before it said ${wanted}`)
}

const end = async (child: ChildProcess): Promise<void> => {
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

const startNode = async (): Promise<string> => {
  const { found } = await launch(
    [
      join(import.meta.dirname, '../src/cli/api.ts'),
      ...['--port', '0', '--cluster-port', '0', '--cluster-bind', '127.0.0.1'],
      ...['--data-dir', join(directory, 'node'), '--join-token', TOKEN],
    ],
    'stderr',
    /"cluster_port":(?<port>\d+).*"msg":"listening"/,
  )
  return found.groups?.port ?? ''
}

/** As the line of the join page starts it. */
const startWorker = (port: string, device_id: string) =>
  launch(
    [
      ...WORKER_NODE_FLAGS,
      WORKER,
      ...['--join', `127.0.0.1:${port}`, '--token', TOKEN],
      ...['--device-id', device_id, '--data-dir', join(directory, device_id)],
    ],
    'stdout',
    /^joined as /,
    WORKER_NODE_VARIABLES,
  )

const anonymousOf = (pid: number): number =>
  Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN) * 1024

/** Thousands of the kB that the kernel tells, as in docs/measurements.md. */
const megabytes = (bytes: number) => `${(bytes / 1024 / 1000).toFixed(1)} MB`
const load = () => loadavg()[0]?.toFixed(1) ?? '?'

const measure = async (): Promise<void> => {
  const port = await startNode()
  process.stdout.write(`one file: ${megabytes(statSync(WORKER).size)}\n`)

  const joins: number[] = []
  for (let number = 1; number <= JOINS; number += 1) {
    const { child, ms } = await startWorker(port, `new-${number}`)
    joins.push(ms)
    await end(child)
  }
  const sorted = joins.toSorted((one, other) => one - other)
  const ms = (value = NaN) => `${value.toFixed(0)} ms`
  process.stdout.write(
    `from its start to "joined", a device that is new: median ${ms(sorted[JOINS / 2])}, ${ms(sorted[0])}–${ms(sorted.at(-1))}, of ${JOINS}, at a load of ${load()}\n`,
  )

  const { child } = await startWorker(port, 'idle')
  const pid = child.pid ?? 0
  // A device that is new is measured once, after it has joined: that is not what it does while it is idle.
  while (!existsSync(join(directory, 'idle', 'benchmark.json'))) await pause(1000)
  await pause(SETTLED_MS)
  const cpuSeconds = () => readStat(pid)?.cpuSeconds ?? NaN
  const [startMs, before] = [performance.now(), cpuSeconds()]
  await pause(IDLE_MS)
  const share = (cpuSeconds() - before) / ((performance.now() - startMs) / 1000)
  process.stdout.write(
    `idle over ${IDLE_MS / 1000} s: ${megabytes(readMemory(pid)?.now ?? NaN)} resident, of which ${megabytes(anonymousOf(pid))} anonymous; ${(share * 100).toFixed(2)} % of a core, at a load of ${load()}\n`,
  )
}

try {
  await measure()
} finally {
  for (const child of children) await end(child)
  rmSync(directory, { recursive: true, force: true })
}
