/** What users see of devices and tasks, made from records and the live side. Pure but for the live side's clock. */
import type { Device, DevicePause, EventOf, PendingReason, Task, TaskDetail } from '../../schemas/index.ts'
import type { Fleet } from './fleet.ts'
import { toPercent } from './history.ts'
import { toInstant } from './instants.ts'
import { loggedLines, type Outputs } from './outputs.ts'
import type { Progresses } from './progresses.ts'
import { type Demand, demandKey, demandOf } from './demand.ts'
import type { DeviceRecord, ListedTask, TaskRecord } from './ports/records.ts'
import { typesOf } from './requirements.ts'
import { isDue } from './retries.ts'
import { sameItems } from './same.ts'
import type { State } from './state.ts'
import { pendingReasonOf, type Verdict, verdictOf, withoutRoomForFiles, withRejection } from './verdict.ts'

/** Makes what users see. */
export interface Views {
  /** Frozen, and the very same object for as long as nothing of it has changed. */
  device(record: DeviceRecord): Device
  /** The last sign of life, epoch milliseconds. */
  lastSeenMs(record: DeviceRecord): number
  task(record: TaskRecord): TaskDetail
  /** What the listing shows of each. */
  listed(records: readonly ListedTask[]): Task[]
}

const onlyListed = ({ task }: ListedTask): Task => ({
  task_id: task.task_id,
  task_type: task.task_type,
  status: task.status,
  device_id: task.device_id,
  requested_device_id: task.requested_device_id,
  priority: task.priority,
  batch_id: task.batch_id,
  created_at: task.created_at,
  started_at: task.started_at,
  completed_at: task.completed_at,
  execution_time_seconds: task.execution_time_seconds,
  progress: task.progress,
  progress_message: task.progress_message,
  result: task.result,
  error: task.error,
  pending_reason: null,
  attempt: task.attempt,
  original_task_id: task.original_task_id,
  metadata: task.metadata,
})

const share = (used: number | null, total: number | null) =>
  used === null || total === null || total === 0 ? null : toPercent((used / total) * 100)

/** The event of a heartbeat. `now` in epoch milliseconds. */
export const deviceUpdate = (
  device: DeviceRecord,
  { paused, active_tasks }: { paused: DevicePause | null; active_tasks: number },
  now: number,
): EventOf<'device_update'> => {
  const { telemetry, profile } = device
  return {
    type: 'device_update',
    timestamp: toInstant(now),
    device_id: device.id,
    cpu_usage: telemetry.cpu_usage,
    memory_usage: share(telemetry.memory_used_gb, profile.memory_total_gb),
    storage_usage: share(telemetry.storage_used_gb, telemetry.storage_total_gb),
    temperature_celsius: telemetry.temperature_celsius,
    battery: telemetry.battery,
    paused,
    active_tasks,
  }
}

/** What a task has printed, as lines of its log: live while it runs, else from its result. */
const printedLines = ({ task }: TaskRecord, live: string | undefined): string[] => {
  const at = task.completed_at ?? task.started_at
  const output = task.result?.output ?? live
  return at === null || output === undefined ? [] : loggedLines(output).map((line) => `${at}: > ${line}`)
}

/** Views of a state. */
export const createViews = (
  state: State,
  fleet: Fleet,
  outputs: Outputs,
  progresses: Progresses,
  isHeld: (device_id: string) => boolean,
  hasRoom: () => boolean,
  filesAreFull: () => boolean,
  now: () => number,
): Views => {
  const verdicts = function* (demand: Demand): Generator<Verdict> {
    for (const device of state.devices.values())
      yield verdictOf(demand, fleet.current(device), fleet.availability(device))
  }
  const pendingReason = (record: ListedTask, memo: Map<string, PendingReason>): PendingReason | null => {
    const { task, not_before_ms } = record
    if (task.status !== 'pending') return null
    // Of a task that has just left the state the store still says pending.
    const live = state.tasks.get(task.task_id)
    if (live === undefined) return null
    if (task.device_id !== null && isHeld(task.device_id))
      return {
        code: 'cluster_silent',
        message: `Most of the cluster fell silent at once; it waits for ${task.device_id} to come back.`,
      }
    if (task.device_id !== null) {
      const fetching = live.task.inputs.length === 0 ? '' : ': it fetches the inputs first'
      return {
        code: 'assigned',
        message: `Given to ${task.device_id}, which has not yet said that it started${fetching}.`,
      }
    }
    if (!isDue(not_before_ms, now()))
      return { code: 'backoff', message: `Its last attempt ended; the next one is due at ${toInstant(not_before_ms)}.` }
    if (!hasRoom())
      return {
        code: 'storage_full',
        message: 'The storage of the cluster node is full: nothing is given out until there is room.',
      }
    const waiting = state.queue.classOf(task.task_id)
    const demand = waiting?.demand ?? demandOf(live)
    const key = waiting?.key ?? demandKey(demand)
    const known = memo.get(key) ?? pendingReasonOf(verdicts(demand), demand.requested_device_id)
    memo.set(key, known)
    return withRejection(filesAreFull() ? withoutRoomForFiles(known) : known, live)
  }
  const lastSeenMs = (record: DeviceRecord) => fleet.of(record.id).lastSeenMs ?? record.last_seen_ms

  /** What was made of a record, and of what beside it. */
  const known = new WeakMap<DeviceRecord, { readonly from: readonly unknown[]; readonly view: Device }>()
  const deviceOf = (record: DeviceRecord): Device => {
    const live = fleet.of(record.id)
    const telemetry = live.telemetry ?? record.telemetry
    const counters = state.counters.get(record.id)
    const active = state.assignedTo(record.id).size
    const free = fleet.freeSlots(record)
    const seenMs = lastSeenMs(record)
    const from = [telemetry, counters, active, free, live.pause, seenMs]
    const before = known.get(record)
    if (before !== undefined && sameItems(before.from, from)) return before.view
    const { profile, status } = record
    const view: Device = {
      id: record.id,
      hostname: profile.hostname,
      display_name: record.display_name,
      status,
      role: record.role,
      tags: [...record.tags],
      platform: profile.platform,
      resources: {
        cpu_cores: profile.cpu_cores,
        cpu_usage: telemetry.cpu_usage,
        memory_total_gb: profile.memory_total_gb,
        memory_used_gb: telemetry.memory_used_gb,
        storage_total_gb: telemetry.storage_total_gb,
        storage_used_gb: telemetry.storage_used_gb,
      },
      tasks: { active, completed: counters?.completed ?? 0, failed: counters?.failed ?? 0 },
      slots: { total: record.offer.slots, free },
      schedulable: record.schedulable,
      paused: status === 'offline' ? null : live.pause,
      task_types: typesOf(record.offer),
      last_seen: toInstant(seenMs),
      registered_at: toInstant(record.registered_ms),
      uptime_seconds: telemetry.uptime_seconds,
    }
    known.set(record, { from, view: Object.freeze(view) })
    return view
  }

  return {
    lastSeenMs,
    device: deviceOf,
    task: (record) => ({
      ...record.task,
      ...progresses.of(record.task),
      pending_reason: pendingReason(record, new Map()),
      detailed_log: [...record.task.detailed_log, ...printedLines(record, outputs.of(record.task.task_id))],
    }),
    listed: (records) => {
      // Tasks of like demand wait for the same reason: it is looked for once a listing.
      const reasons = new Map<string, PendingReason>()
      return records.map((record) => ({
        ...onlyListed(record),
        ...progresses.of(record.task),
        pending_reason: pendingReason(record, reasons),
      }))
    },
  }
}
