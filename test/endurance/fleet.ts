/** Many real workers of one node on this machine: each a process of its own, from the one file that devices run. */
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import { workerBundlePath } from '../../src/cli/package-files.ts'
import { readMemory, readStat } from '../../src/worker/processes/proc.ts'
import { start, temporaryDirectory } from '../cli/programs.ts'
import { listen } from '../faults/tape.ts'
import { JOIN_TOKEN, startCluster, until } from '../start-cluster.ts'

/** Workers that start at a time: each takes a second of a processor. */
const STARTING = 4
/** Tasks of one submission, at most (CONTRACT.md §5). */
const BATCH = 1000
/** Far under the usual ones, so that a device that is held up for half a minute would be noticed. */
const HEARTBEAT_SECONDS = 5
const THRESHOLD_SECONDS = 30

/** What a process has for itself of the memory, and its part of what it shares, bytes (proc(5): smaps_rollup). */
const proportionalOf = ({ pid = 0 }: ChildProcess): number =>
  Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? NaN) * 1024

const cpuSecondsOf = ({ pid = 0 }: ChildProcess): number => readStat(pid)?.cpuSeconds ?? NaN
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
const secondsSince = (ms: number) => ((performance.now() - ms) / 1000).toFixed(1)
const load = () => `a load of ${loadavg()[0]?.toFixed(1) ?? '?'}`

/** Starts workers, a few at a time. Resolves when all have joined. */
const startWorkers = async (t: Test, count: number, clusterPort: number): Promise<ChildProcess[]> => {
  const directory = temporaryDirectory(t)
  const workers: ChildProcess[] = []
  const startOne = async (number: number): Promise<void> => {
    const device_id = `phone-${number}`
    const worker = start(t, workerBundlePath, [
      '--join', `127.0.0.1:${clusterPort}`,
      '--token', JOIN_TOKEN,
      '--device-id', device_id,
      '--data-dir', join(directory, device_id),
      '--slots', '2',
    ]) // prettier-ignore
    workers.push(worker)
    worker.stderr?.resume()
    await new Promise<void>((resolve, reject) => {
      worker.stdout?.on('data', () => resolve())
      worker.once('close', (code) => reject(new Error(`${device_id} ended with ${code}`)))
    })
  }
  let next = 1
  const startOneByOne = async () => {
    while (next <= count) await startOne(next++)
  }
  await Promise.all(Array.from({ length: STARTING }, startOneByOne))
  return workers
}

/** So many workers are online for so long, nobody is taken for offline, and so many tasks are done meanwhile. */
export const playFleet = async (
  t: Test,
  { workers: count, tasks, watchSeconds }: { workers: number; tasks: number; watchSeconds: number },
): Promise<void> => {
  const cluster = await startCluster(t, {
    workers: 0,
    args: ['--no-rate-limit'],
    nodeArgs: ['--heartbeat-interval', `${HEARTBEAT_SECONDS}`, '--offline-threshold', `${THRESHOLD_SECONDS}`],
  })
  const tape = listen(Number(new URL(cluster.url).port), () => Promise.resolve())
  t.teardown(() => tape.stop())
  t.comment(`begins at ${load()}`)
  const startMs = performance.now()
  const workers = await startWorkers(t, count, cluster.clusterPort)
  t.match(await cluster.devices(), { total: count, online: count })
  t.comment(`all online after ${secondsSince(startMs)} s, ${STARTING} starting at a time, at ${load()}`)

  const watchMs = performance.now()
  const idleCpu = sum(workers.map(cpuSecondsOf))
  await pause((watchSeconds / 2) * 1000)
  const idle = (sum(workers.map(cpuSecondsOf)) - idleCpu) / (watchSeconds / 2)
  t.comment(`all of them idle take ${(idle * 100).toFixed(1)} % of a core, at ${load()}`)

  const tasksMs = performance.now()
  for (let number = 0; number < tasks; number += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, tasks - number) }, (_none, index) => ({
      task_type: 'echo',
      payload: { message: `task ${number + index}` },
    }))
    const { status } = await cluster.call('POST', '/api/v1/tasks/batch', { tasks: batch })
    if (status !== 201) throw new Error(`a batch was answered with ${status}`)
  }
  await until('all tasks have ended', () => Promise.resolve(tape.ends.size >= tasks || undefined), 600)
  t.comment(`${tasks} tasks done after ${secondsSince(tasksMs)} s, at ${load()}`)

  await pause(Math.max(0, watchSeconds * 1000 - (performance.now() - watchMs)))
  t.comment(
    `a worker: ${megabytes(sum(workers.map(proportionalOf)) / count)} of its own and its part of what all share; the node: ${megabytes(readMemory(cluster.server.pid ?? 0)?.now ?? NaN)} resident`,
  )
  t.match(await cluster.devices(), { total: count, online: count })
  t.strictSame(tape.absences, [], `nobody was taken for offline in ${secondsSince(watchMs)} s`)
  t.strictSame(tape.findings, [])
  t.equal([...tape.ends.values()].filter((status) => status === 'completed').length, tasks, 'all were done, each once')
}
