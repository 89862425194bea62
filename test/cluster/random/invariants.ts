/** What must be true of a cluster whatever has happened to it. Each throws where it is not. */
import type { TaskDetail, TaskStatus } from '../../../schemas/index.ts'
import type { TaskRecord } from '../../../src/cluster/ports/records.ts'
import { isDue } from '../../../src/cluster/retries.ts'
import { isFinal, transitions } from '../../../src/cluster/transitions.ts'
import type { World } from '../world.ts'

const fault = (text: string): never => {
  throw new Error(text)
}

/** States that can follow within one commit, in which a row is written once. */
const reachable = (from: TaskStatus, to: TaskStatus, seen = new Set<TaskStatus>()): boolean =>
  from === to || transitions[from].some((next) => !seen.has(next) && reachable(next, to, new Set([...seen, from])))

/** An attempt that lasts is the last one, and is held by the task's device. */
const checkAttempts = ({ task }: TaskRecord) => {
  const { task_id, attempts, device_id, status, attempt } = task
  attempts.forEach((one, index) => {
    if (one.attempt !== index + 1) fault(`${task_id}: attempt ${one.attempt} stands at place ${index + 1}`)
  })
  const last = attempts.at(-1)
  if ((last?.attempt ?? 0) !== attempt) fault(`${task_id}: attempt ${attempt} is not the last`)
  const open = attempts.filter(({ outcome }) => outcome === null)
  const isHeld = !isFinal(status) && device_id !== null
  if (open.length !== (isHeld ? 1 : 0)) fault(`${task_id} (${status} on ${device_id}) has ${open.length} open attempts`)
  if (isHeld && (last?.outcome !== null || last.device_id !== device_id))
    fault(`${task_id}: its device ${device_id} does not hold the last attempt`)
  if (status === 'running' && (device_id === null || last?.started_at === null))
    fault(`${task_id} runs, and was never started`)
}

/** Watches what is committed. */
export const createWitness = ({ store }: World) => {
  const tasks = new Map<string, TaskRecord>()
  const ended = new Map<string, number>()
  let seen = 0
  let lastSequence = 0

  const checkRow = (row: TaskRecord) => {
    const { task_id, status } = row.task
    const before = tasks.get(task_id)
    tasks.set(task_id, row)
    checkAttempts(row)
    if (before === undefined) return
    if (isFinal(before.task.status)) fault(`${task_id} was ${before.task.status}, and was written again`)
    if (!reachable(before.task.status, status)) fault(`${task_id} went from ${before.task.status} to ${status}`)
    before.task.attempts.forEach((attempt, index) => {
      // What was lost, or never received, may come back; any other end is final.
      if (attempt.outcome === null || attempt.outcome === 'lost' || attempt.outcome === 'returned') return
      if (JSON.stringify(row.task.attempts[index]) !== JSON.stringify(attempt))
        fault(`${task_id}: the end of attempt ${attempt.attempt} was written anew`)
    })
  }

  return {
    /** Looks at the commits since the last look. */
    look: () => {
      for (const commit of store.commits.slice(seen)) {
        for (const row of commit.tasks) checkRow(row)
        for (const { sequence, event } of commit.events) {
          if (sequence <= lastSequence) fault(`event ${sequence} came after ${lastSequence}`)
          lastSequence = sequence
          if (event.type !== 'task_completed' && event.type !== 'task_failed' && event.type !== 'task_cancelled')
            continue
          const times = (ended.get(event.task_id) ?? 0) + 1
          ended.set(event.task_id, times)
          if (times > 1) fault(`${event.task_id} finished ${times} times`)
          if (`task_${tasks.get(event.task_id)?.task.status ?? ''}` !== event.type)
            fault(`${event.task_id} is not what its event ${event.type} says`)
        }
      }
      seen = store.commits.length
    },
    /** Everything that was ever committed. */
    tasks: tasks as ReadonlyMap<string, TaskRecord>,
  }
}
/** What watches the commits. */
export type Witness = ReturnType<typeof createWitness>

const allTasks = async ({ node }: World, ids: Iterable<string>): Promise<TaskDetail[]> =>
  Promise.all([...ids].map((task_id) => node.cluster.tasks.get({ task_id, wait: 0 })))

/** Counts are what a recount gives, and every acknowledged task is there, final, or waits and says why. */
export const checkTasks = async (world: World, witness: Witness, acknowledged: ReadonlySet<string>): Promise<void> => {
  const { node, store } = world
  const tasks = await allTasks(world, acknowledged)
  for (const { task_id, status, pending_reason } of tasks)
    if ((status === 'pending') !== (pending_reason !== null))
      fault(`${task_id} is ${status}, and its pending reason is ${JSON.stringify(pending_reason)}`)
  if (witness.tasks.size !== acknowledged.size)
    fault(`${witness.tasks.size} tasks are on disk, ${acknowledged.size} were acknowledged`)
  const counts = await store.taskCounts({})
  const live = (await node.cluster.status()).cluster_stats.tasks
  for (const status of ['pending', 'running'] as const) {
    const recount = tasks.filter((task) => task.status === status).length
    if (counts[status] !== recount || live[status] !== recount)
      fault(`${status}: ${recount} by recount, ${counts[status]} on disk, ${live[status]} in memory`)
  }
}

/** The counters of a device that was never removed are what its tasks give. */
export const checkCounters = async ({ node }: World, { tasks }: Witness, device_id: string): Promise<void> => {
  const { tasks: counted } = await node.cluster.devices.get({ device_id })
  const own = [...tasks.values()].map(({ task }) => task).filter((task) => task.device_id === device_id)
  const count = (status: TaskStatus, isCounted: (task: TaskDetail) => boolean = () => true) =>
    own.filter((task) => task.status === status && isCounted(task)).length
  const expected = {
    active: count('pending') + count('running'),
    completed: count('completed'),
    failed: count('failed', ({ attempts }) => attempts.at(-1)?.outcome !== 'lost'),
  }
  if (JSON.stringify(counted) !== JSON.stringify(expected))
    fault(`${device_id} counts ${JSON.stringify(counted)}, a recount gives ${JSON.stringify(expected)}`)
}

/** The node takes as many slots for used as the device uses. */
export const checkSlots = async ({ node }: World, device_id: string, inUse: number | undefined): Promise<void> => {
  if (inUse === undefined) return
  const { slots } = await node.cluster.devices.get({ device_id })
  if (slots.total - slots.free !== inUse)
    fault(`${device_id} uses ${inUse} of ${slots.total} slots, and the node believes that ${slots.free} are free`)
}

/** No task waits while a device could run it now. */
export const checkPlaced = async ({ node, clock }: World, { tasks }: Witness): Promise<void> => {
  for (const { task, not_before_ms } of tasks.values()) {
    if (task.status !== 'pending' || task.device_id !== null) continue
    if (!isDue(not_before_ms, clock.now())) continue
    const { devices } = await node.cluster.tasks.placement({ task_id: task.task_id })
    const free = devices.find(({ fits }) => fits)
    if (free !== undefined) fault(`${task.task_id} waits, though ${free.device_id} could run it now`)
  }
}

/** What a restart must not change: all but what lives in connections. */
export const snapshotOf = async (world: World, ids: Iterable<string>): Promise<string> => {
  const { devices } = world.node.cluster
  const { devices: listed } = await devices.list({ limit: 1000 })
  const details = await Promise.all(listed.map(({ id }) => devices.get({ device_id: id })))
  const kept = details.map(({ id, status, role, tags, schedulable, learned, probation, tasks, slots }) => ({
    ...{ id, status, role, tags, schedulable, learned, probation, tasks },
    slots: slots.total,
  }))
  const tasks = (await allTasks(world, ids)).map((task) => ({ ...task, pending_reason: null }))
  return JSON.stringify({ devices: kept, tasks }, null, 1)
}
