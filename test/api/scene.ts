/** Seven devices and 23 tasks of mixed ends, played through the API; the test keeps its own book of them. */
import type { Test } from 'tap'
import type { DeviceStatus, Priority, TaskStatus, TaskSubmitted, Telemetry } from '../../schemas/index.ts'
import { type FakeDevice, helloOf, idle } from '../cluster/world.ts'
import { startWorld } from './start-world.ts'

/** What the test knows of a device. */
export type BookedDevice = {
  readonly id: string
  readonly role: string
  readonly os: string
  readonly tags: readonly string[]
  readonly cores: number | null
  readonly memoryGb: number | null
  readonly status: DeviceStatus
  /** The telemetry of each of its heartbeats. */
  readonly samples: readonly Telemetry[]
}

/** What the test knows of a task. */
export type BookedTask = {
  readonly task_id: string
  readonly task_type: 'echo' | 'sleep'
  readonly priority: Priority
  readonly batch_id: string | null
  /** The device that it was assigned to or ran on. */
  readonly device_id: string | null
  readonly status: TaskStatus
  /** Running time of completed and failed ones. */
  readonly seconds: number | null
  readonly created_ms: number
}

type Shelf = readonly [
  id: string,
  role: string,
  os: string,
  tags: string[],
  cores: number | null,
  memoryGb: number | null,
  cpu: number,
]

/** The last one says goodbye. */
const shelf: readonly Shelf[] = [
  ['d1', 'compute', 'linux', ['lab', 'fast'], 4, 8, 10],
  ['d2', 'compute', 'linux', ['lab'], 8, 16, 25],
  ['d3', 'mobile', 'android', ['kitchen'], 8, 4, 40],
  ['d4', 'mobile', 'android', ['kitchen', 'lab'], null, null, 55.5],
  ['d5', 'storage', 'linux', [], 2, 2, 0],
  ['d6', 'compute', 'darwin', ['fast'], 10, 32, 99.9],
  ['d7', 'storage', 'win32', ['lab', 'old'], 4, 8, 70],
]
const OFFLINE = 'd7'

/** How each of the tasks ends: waiting ones are pinned to the device that is gone. */
const ends = [
  ...Array<'completed'>(9).fill('completed'),
  ...Array<'failed'>(4).fill('failed'),
  'cancelled while running',
  'cancelled while assigned',
  'cancelled while waiting',
  ...Array<'running'>(3).fill('running'),
  'assigned',
  'assigned',
  'waiting',
  'waiting',
] as const
type End = (typeof ends)[number]

const priorities: readonly Priority[] = ['low', 'normal', 'high', 'urgent']

const statusOf = (end: End): TaskStatus => {
  if (end === 'assigned' || end === 'waiting') return 'pending'
  return end.startsWith('cancelled') ? 'cancelled' : (end as TaskStatus)
}

const telemetryOf = (cpu_usage: number, memoryGb: number | null): Telemetry => ({
  ...idle,
  cpu_usage,
  memory_used_gb: memoryGb === null ? null : memoryGb / 4,
})

/** Plays the scene. The clock moves by a second with each task, far less than the silence that takes a device offline. */
export const playScene = async (t: Test) => {
  const started = await startWorld(t)
  const { world, send, api } = started
  const players = new Map<string, FakeDevice>()
  const devices: BookedDevice[] = []
  for (const [id, role, os, tags, cores, memoryGb, cpu] of shelf) {
    const { profile } = helloOf()
    const samples = [telemetryOf(cpu, memoryGb), telemetryOf(cpu / 2, memoryGb)]
    const player = await world.connect({
      device_id: id,
      role,
      tags,
      telemetry: samples[0] ?? idle,
      profile: {
        ...profile,
        hostname: id,
        platform: { ...profile.platform, os },
        cpu_cores: cores,
        memory_total_gb: memoryGb,
      },
    })
    for (const sample of samples) player.session.heartbeat(sample)
    players.set(id, player)
    devices.push({ id, role, os, tags, cores, memoryGb, samples, status: id === OFFLINE ? 'offline' : 'online' })
  }
  players.get(OFFLINE)?.session.goodbye()
  await players.get(OFFLINE)?.drop()

  const online = devices.filter(({ status }) => status === 'online')
  const play = async (end: End, index: number): Promise<BookedTask> => {
    await world.clock.advance(1000)
    const isWaiting = end === 'waiting' || end === 'cancelled while waiting'
    const pinned = isWaiting ? OFFLINE : (online[index % online.length]?.id ?? '')
    const task_type = index % 3 === 0 ? 'sleep' : 'echo'
    const priority = priorities[index % priorities.length] ?? 'normal'
    const batch_id = index % 5 < 2 ? `batch-${index % 5}` : null
    const created_ms = world.clock.now()
    const { task_id, assigned_device } = await send<TaskSubmitted>('POST', '/tasks', {
      task_type,
      payload: task_type === 'sleep' ? { duration: 1 } : { message: 'hi' },
      device_id: pinned,
      priority,
      queue_if_unavailable: isWaiting,
      ...(batch_id === null ? {} : { batch_id }),
    })
    t.equal(assigned_device, isWaiting ? null : pinned, `${task_id} is assigned at once, where it can be`)
    const player = players.get(pinned)
    const run = player?.runs.find((each) => each.task_id === task_id)
    const seconds = end === 'completed' || end === 'failed' ? 1 + index / 4 : null
    if (run !== undefined && player !== undefined) {
      if (!end.endsWith('assigned')) await player.start(run)
      if (end === 'completed') await player.finish(run, { execution_time_seconds: seconds ?? 0 })
      if (end === 'failed')
        await player.finish(run, {
          outcome: 'failed',
          execution_time_seconds: seconds ?? 0,
          error: { code: 'TASK_ERROR', message: 'no' },
        })
    }
    if (end.startsWith('cancelled')) {
      t.equal((await api.call('DELETE', `/api/v1/tasks/${task_id}`)).status, 200)
      if (run !== undefined) await player?.finish(run, { outcome: 'cancelled', result: null })
    }
    return {
      task_id,
      task_type,
      priority,
      batch_id,
      device_id: assigned_device,
      status: statusOf(end),
      seconds,
      created_ms,
    }
  }

  const tasks: BookedTask[] = []
  for (const [index, end] of ends.entries()) tasks.push(await play(end, index))
  return { ...started, players, devices, tasks }
}

/** How many of some things there are by a key. */
export const countBy = <T>(things: Iterable<T>, keyOf: (thing: T) => string | null): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const thing of things) {
    const key = keyOf(thing)
    if (key !== null) counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}
