import { cpus } from 'node:os'
import t from 'tap'
import { openStream } from '../../api/open-stream.ts'
import { startCluster } from '../../start-cluster.ts'

const HEARTBEAT_SECONDS = 2
const BURN_SECONDS = 20

/** Processor time of this machine so far, all cores together, milliseconds. */
const processorTime = () => {
  const times = cpus().map(({ times: { idle, ...busy } }) => ({
    idle,
    busy: Object.values(busy).reduce((sum, part) => sum + part, 0),
  }))
  return times.reduce((sum, { idle, busy }) => ({ idle: sum.idle + idle, busy: sum.busy + busy }), { idle: 0, busy: 0 })
}

void t.test('a core that burns on a device shows in its cpu_usage within two heartbeats', async (t) => {
  const cluster = await startCluster(t, {
    workers: 0,
    args: ['--heartbeat-interval', `${HEARTBEAT_SECONDS}`],
    workerArgs: ['--allow', 'command'],
  })
  await cluster.addWorker('android-001')
  const stream = await openStream(t, Number(new URL(cluster.url).port))
  const program = `const end = performance.now() + ${BURN_SECONDS * 1000}; while (performance.now() < end);`
  const { task_id } = await cluster.submit({
    task_type: 'command',
    payload: { command: [process.execPath, '-e', program] },
  })
  const updates = () => {
    const started = stream.messages.findIndex(({ event }) => event.type === 'task_started')
    return stream.messages
      .slice(started < 0 ? Infinity : started)
      .flatMap(({ event }) => (event.type === 'device_update' ? [event] : []))
  }
  await stream.until('two heartbeats since it began', () => updates().length >= 2)
  const before = processorTime()
  const [, second] = updates()
  const usage = second?.cpu_usage ?? 0
  const share = 100 / cpus().length
  t.ok(usage >= 0.9 * share, `${usage} % of ${cpus().length} cores, of which one burns`)
  const listed = (await cluster.devices()).devices[0]?.resources.cpu_usage
  await stream.until('the stream says the same as the listing', () =>
    updates().some(({ cpu_usage }) => cpu_usage === listed),
  )

  // The next heartbeats cover what this process measures meanwhile, but for a part of an interval at either end.
  await stream.until('more heartbeats', () => updates().length >= 5)
  const after = processorTime()
  const busy = after.busy - before.busy
  const own = (100 * busy) / (busy + after.idle - before.idle)
  const told = updates()
    .slice(2, 5)
    .flatMap(({ cpu_usage }) => cpu_usage ?? [])
  const mean = told.reduce((sum, each) => sum + each, 0) / told.length
  t.ok(Math.abs(mean - own) <= 10, `told ${mean.toFixed(1)} %, measured here ${own.toFixed(1)} %`)

  const task = await cluster.task(task_id, 60)
  t.match(task, { status: 'completed' })
  const { peak_cpu_percent, total_cpu_time_seconds } = task.resource_usage ?? {}
  t.ok((total_cpu_time_seconds ?? 0) > BURN_SECONDS / 4, `it used ${total_cpu_time_seconds} s of processor time`)
  t.ok((peak_cpu_percent ?? 0) > 25, `at the most ${peak_cpu_percent} % of a core`)
})
