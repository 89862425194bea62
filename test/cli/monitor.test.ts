import t, { type Test } from 'tap'
import type { ChildProcess } from 'node:child_process'
import type { MonitorEvent } from '../../schemas/event.ts'
import type { Device } from '../../schemas/device.ts'
import { device as example } from '../../src/api/examples/devices.ts'
import { eventLine } from '../../src/cli/client/monitor/event-line.ts'
import { frame } from '../../src/cli/client/monitor/frame.ts'
import { emptyView, type View, withEvent, withReading } from '../../src/cli/client/monitor/view.ts'
import { sharedRows } from '../../src/cli/client/rows.ts'
import { startCluster, until } from '../start-cluster.ts'
import { entry, runToEnd, start } from './programs.ts'

const timestamp = '2026-11-24T12:00:00.000Z'
const stats = {
  total_devices: 2,
  online_devices: 2,
  offline_devices: 0,
  health_percentage: 100,
  total_resources: { cpu_cores: 8, memory_gb: 8, storage_gb: 64 },
  by_role: {},
  uptime: '0d 0h 1m',
  tasks: { pending: 3, running: 1 },
}
const device = (id: string): Device => ({ ...example, id, status: 'online' })
const running = (task_id: string) => ({
  ...{ task_id, task_type: 'echo', device_id: 'a', started_at: timestamp },
  ...{ progress: 62.5, progress_message: 'page 5 of\t8' },
})
const after = (view: View, ...events: readonly MonitorEvent[]): View => events.reduce(withEvent, view)

void t.test('the view follows the stream', (t) => {
  const start = withReading(emptyView, { devices: [device('a'), device('b')], tasks: [running('one')], stats })
  const view = after(
    start,
    {
      type: 'device_update',
      timestamp,
      device_id: 'a',
      cpu_usage: 91.5,
      memory_usage: 40,
      storage_usage: null,
      temperature_celsius: 41.7,
      battery: { level: 80, charging: true },
      paused: null,
      active_tasks: 2,
    },
    { type: 'device_offline', timestamp, device_id: 'b', reason: 'silent' },
    { type: 'device_online', timestamp, device_id: 'unknown yet', joined: true },
  )
  t.match(view.devices.get('a'), { cpu_usage: 91.5, memory_usage: 40, active_tasks: 2 })
  t.match(view.devices.get('b'), { status: 'offline' })
  t.equal(view.lines.length, 2, 'telemetry is no line')
  const shown = frame(view, { rows: 20 })
  t.match(shown, /^Retire-Cluster {2}2 of 2 online {2}1 running {2}3 pending {2}q leaves\n\nDEVICE +STATUS/)
  t.match(shown, /^a +online .* 91\.5% +40% +42 °C +80% charging +2 of /m)
  t.match(shown, `${timestamp} device_offline b (silent)`)
  const paused = { reason: 'unplugged', message: 'It is off the plug.', since: timestamp }
  const unplugged = withReading(emptyView, { devices: [{ ...device('a'), paused }], tasks: [], stats })
  t.match(frame(unplugged, { rows: 20 }), /^a +paused /m)
  const again = withReading(view, { devices: [device('a')], tasks: [], stats })
  t.match(again.devices.get('a'), { temperature_celsius: 41.7 }, 'what the listing does not tell is kept')
  t.notOk(after(again, { type: 'device_removed', timestamp, device_id: 'a' }).devices.has('a'))
  t.end()
})

void t.test('the tasks that run come and go with the stream, also while they are read', (t) => {
  const of = (task_id: string) => ({
    timestamp,
    task_id,
    task_type: 'echo',
    batch_id: null,
    device_id: 'a',
    attempt: 1,
  })
  const started = (task_id: string): MonitorEvent => ({ ...of(task_id), type: 'task_started' })
  const cancelled: MonitorEvent = { ...of('one'), type: 'task_cancelled', execution_time_seconds: 1 }
  const ids = (view: View) => [...view.tasks.keys()]
  const view = after(emptyView, started('one'), started('two'))
  t.strictSame(ids(view), ['one', 'two'])
  t.strictSame(ids(after(view, cancelled)), ['two'])
  const reading = { devices: [device('a')], tasks: [running('one'), running('two')], stats }
  const read = withReading(view, reading, [cancelled, started('three')])
  t.strictSame(ids(read), ['two', 'three'], 'what ended while it was read does not stand there again')
  t.match(frame(read, { rows: 24 }), /^TASK +TYPE +DEVICE +STARTED +PROGRESS\n(?:two|three) +echo +a +/m)
  t.match(frame(read, { rows: 24 }), /^two +.* 62\.5% page 5 of 8$/m, 'how far it is, as it was read')
  t.match(frame(read, { rows: 24 }), /^three +.* -$/m)
  t.equal(read.lines.length, view.lines.length)
  t.end()
})

void t.test('two lists share the rows of a screen: one has what the other leaves', (t) => {
  t.strictSame(sharedRows(10, 3, 4), [3, 4])
  t.strictSame(sharedRows(10, 30, 4), [6, 4])
  t.strictSame(sharedRows(10, 3, 40), [3, 7])
  t.strictSame(sharedRows(11, 30, 40), [5, 6])
  t.end()
})

void t.test('a frame fits its terminal: devices without room are counted, the newest events are shown', (t) => {
  const devices = Array.from({ length: 30 }, (_, index) => device(`device-${index}`))
  const events = Array.from({ length: 30 }, (_, index): MonitorEvent => ({
    type: 'config_updated',
    timestamp,
    updated_fields: [`field-${index}`],
  }))
  const tasks = Array.from({ length: 30 }, (_, index) => running(`task-${index}`))
  const view = after(withReading(emptyView, { devices, tasks, stats }), ...events)
  for (const rows of [14, 24, 50]) {
    const lines = frame(view, { rows }).split('\n')
    t.equal(lines.length, rows)
    t.match(lines.at(-1), 'field-29')
  }
  t.match(frame(view, { rows: 24 }), /^… and 25 more devices$[^]*^… and 25 more tasks$/m)
  t.notMatch(frame(view, { rows: 80 }), ' more ')
  t.end()
})

void t.test('an event is one line that cannot steer the terminal', (t) => {
  const event = { type: 'log_entry', level: 'error', component: 'link', device_id: null, task_id: null } as const
  t.equal(
    eventLine({ ...event, timestamp, message: 'two\nlines\u001b[2J' }),
    `${timestamp} log_entry error link two lines\\x1b[2J`,
  )
  t.end()
})

/** Reads lines of a program as they come. */
const linesOf = (program: ChildProcess) => {
  let said = ''
  program.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return { has: (wanted: RegExp) => until(`a line ${wanted.source}`, () => Promise.resolve(wanted.test(said) || undefined)), all: () => said } // prettier-ignore
}

const client = (t: Test, url: string, ...args: readonly string[]) =>
  start(t, entry('client'), args, { RETIRE_CLUSTER_API_URL: url, XDG_CONFIG_HOME: '/nonexistent' })

void t.test(
  'in a pipe, monitor prints a line for each event, over a kill -9 of the server, without a repeat',
  async (t) => {
    const cluster = await startCluster(t, { args: ['--no-rate-limit'] })
    const lines = linesOf(client(t, cluster.url, 'monitor', '--types', 'tasks'))
    const json = linesOf(client(t, cluster.url, 'monitor', '--types', 'tasks', '--output', 'json'))
    // Both streams begin when they are open: what is submitted again and again is seen by both sooner or later.
    await until('both see a task', async () => {
      await cluster.submit({ task_type: 'echo', payload: {} })
      return (lines.all().includes('task_created') && json.all().includes('task_created')) || undefined
    })
    await cluster.killServer()
    const { task_id } = await cluster.submit({ task_type: 'echo', payload: {} })
    await lines.has(new RegExp(`^\\S+Z task_completed ${task_id} echo on worker-1 in \\S+s$`, 'm'))
    await json.has(new RegExp(`"type":"task_completed".*"task_id":"${task_id}"`))
    const events = lines.all().trimEnd().split('\n')
    t.equal(new Set(events).size, events.length)
  },
)

void t.test('top shows the busiest devices and the tasks that run, once in a pipe', async (t) => {
  const { url, submit, task } = await startCluster(t)
  const { task_id } = await submit({ task_type: 'sleep', payload: { duration: 60 } })
  await until('it runs', async () => (await task(task_id)).status === 'running' || undefined)
  const run = (...args: string[]) =>
    runToEnd(t, entry('client'), ['top', ...args], { RETIRE_CLUSTER_API_URL: url, XDG_CONFIG_HOME: '/nonexistent' })
  const { code, stdout } = await run()
  t.equal(code, 0)
  t.match(stdout, /^1 online, 1 running\n\nDEVICE +CPU .*\nworker-1 /)
  t.match(stdout, new RegExp(`^${task_id} +sleep +worker-1 +`, 'm'))
  t.equal((await run('-q')).stdout, 'worker-1\n')
})
