/** What can be said of a device and a task, in a code and a sentence, and what follows for a task that waits. Pure. */
import {
  type DevicePlacement,
  type PendingReason,
  type PlacementReasonCode,
  placementReasons,
} from '../../schemas/index.ts'
import type { Demand } from './demand.ts'
import type { Availability } from './fleet.ts'
import type { DeviceRecord, ListedTask } from './ports/records.ts'
import { explain, type Unmet, type UnmetCode, unmetNow } from './requirements.ts'

/** What is said of a device: what the task misses there, or how the device is. */
export type Verdict =
  | { readonly code: UnmetCode; readonly unmet: Unmet }
  | { readonly code: 'paused'; readonly why: string }
  | { readonly code: Exclude<PlacementReasonCode, UnmetCode | 'paused'> }

/**
 * What keeps a device from a task, the most lasting of it: what the task needs, then how the device is, then what passes by
 * itself. The record is that of now.
 */
export const verdictOf = (demand: Demand, device: DeviceRecord, availability: Availability): Verdict => {
  const unmet = unmetNow(demand, device)
  if (unmet !== undefined && (unmet.code !== 'not_now' || availability.isOpen)) return { code: unmet.code, unmet }
  return availability.code === 'paused'
    ? { code: 'paused', why: `${device.id} takes no tasks now. ${availability.pause.message}` }
    : { code: availability.code }
}

const nearestFirst = Object.keys(placementReasons) as PlacementReasonCode[]

/** How far a device is from running the task: the lower, the nearer. */
export const distanceOf = ({ code }: Pick<Verdict, 'code'>): number => nearestFirst.indexOf(code)

/** The verdict for people, with what would help. */
export const sentenceOf = (verdict: Verdict, { id, offer }: DeviceRecord): DevicePlacement['reason'] => {
  if ('unmet' in verdict) return { code: verdict.code, message: `${explain(verdict.unmet, id)}.` }
  if (verdict.code === 'paused') return { code: 'paused', message: verdict.why }
  const sentences = {
    fits: `${id} could run it now.`,
    has_it: `${id} has it.`,
    ran_it: `${id} ran it last.`,
    busy: `${id} is busy: its slots (${offer.slots}) are taken.`,
    on_probation: `${id} failed too often in a row what others complete; it gets nothing for a while, then one task to prove itself.`,
    drained: `${id} is drained. Make it schedulable again.`,
    silent: `${id} has no connection, or is late with its heartbeat.`,
    offline: `${id} is offline.`,
    pending_approval: `${id} waits for its owner’s approval.`,
    task_final: 'The task has ended, and goes nowhere any more.',
  } as const satisfies Record<Exclude<PlacementReasonCode, UnmetCode | 'paused'>, string>
  return { code: verdict.code, message: sentences[verdict.code] }
}

const impossible = {
  code: 'no_fitting_device',
  message: 'No registered device could ever run it. Add one that meets its requirements.',
} as const
const absent = {
  code: 'devices_offline',
  message: 'All devices that could run it are offline or silent.',
} as const
const busy = {
  code: 'devices_busy',
  message: 'All devices that could run it are busy. It gets the next free slot that fits.',
} as const

/** Why a task waits, by what is said of the device that is nearest to running it. */
const pendingReasons: Readonly<
  Record<Exclude<PlacementReasonCode, 'has_it' | 'ran_it' | 'task_final'>, PendingReason>
> = {
  fits: busy,
  busy,
  not_now: {
    code: 'no_fitting_device',
    message: 'No device meets its requirements at the moment (charge, plug, network or free storage).',
  },
  on_probation: {
    code: 'devices_on_probation',
    message:
      'The devices that could run it failed too often in a row; each gets one task to prove itself once its pause is over.',
  },
  paused: {
    code: 'devices_paused',
    message: 'The devices that could run it have paused.',
  },
  drained: {
    code: 'devices_drained',
    message: 'All devices that could run it are drained. Make one schedulable again.',
  },
  silent: absent,
  offline: absent,
  pending_approval: {
    code: 'devices_pending_approval',
    message: 'The devices that could run it wait for approval: retire-cluster devices approve ID.',
  },
  rejected: {
    code: 'devices_rejected',
    message:
      'Every device that runs its type said that it cannot run it, or one like it. Install what is missing there and start the worker anew, or add a device.',
  },
  requirement_unmet: impossible,
  not_allowed: impossible,
  type_not_offered: {
    code: 'no_fitting_device',
    message: 'No device that could run it offers its task type. Start a worker that does.',
  },
  not_requested: impossible,
}

/** So long a message of a reason is at the most (`schemas/task.ts`), characters. */
const LONGEST_MESSAGE = 1024

const withMore = (reason: PendingReason, more: string): PendingReason => ({
  ...reason,
  message: `${reason.message} ${more}`.slice(0, LONGEST_MESSAGE),
})

/** Why a task that no device holds waits. `requested` is the device that was asked for. */
export const pendingReasonOf = (verdicts: Iterable<Verdict>, requested: string | null): PendingReason => {
  let nearest: Verdict | undefined
  for (const verdict of verdicts) {
    if (!(verdict.code in pendingReasons)) continue
    if (nearest === undefined || distanceOf(verdict) < distanceOf(nearest)) nearest = verdict
  }
  if (nearest === undefined)
    return { code: 'no_device', message: 'No device has joined yet. The node prints the line with which one joins.' }
  const reason = pendingReasons[nearest.code as keyof typeof pendingReasons]
  if (nearest.code === 'paused') return withMore(reason, nearest.why)
  return reason === absent && requested !== null
    ? { code: 'device_offline', message: `The device that was asked for, ${requested}, is offline or silent.` }
    : reason
}

/** The reason with what keeps slots from becoming free, where they are what the task waits for, and files have no room at the node. */
export const withoutRoomForFiles = (reason: PendingReason): PendingReason =>
  reason.code === 'devices_busy'
    ? withMore(
        reason,
        'The cluster has no room for files: a task that leaves some keeps its slot until it has, for half an hour at the most. Give it more (files.max_size, files.max_disk_percent, or the disk), or cancel what stands in the way.',
      )
    : reason

/** The reason with what the device said that rejected the task last: it may be free, and the others that could run it explain little. */
export const withRejection = (reason: PendingReason, { task }: Pick<ListedTask, 'task'>): PendingReason => {
  for (const { outcome, device_id, error } of task.attempts.toReversed())
    if (outcome === 'rejected' && error !== null) return withMore(reason, `${device_id} rejected it: ${error.message}`)
  return reason
}
