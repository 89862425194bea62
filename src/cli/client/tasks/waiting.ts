/** Tasks of a batch that no device takes: why they wait, and what helps. A device may still come, so that nothing is given up. */
import type { PlacementReasonCode } from '../../../../schemas/placement.ts'
import type { PendingReason, Task } from '../../../../schemas/task.ts'
import type { CallOptions } from '../../../client/connection.ts'
import { pause } from '../../../client/retrying.ts'
import type { Api } from '../api.ts'
import { WHOLE_PAGE } from '../paging.ts'
import { counted } from '../presentation.ts'
import type { ProgressView } from './progress.ts'

/** What passes when a task ends, or by itself in a moment: it is worth a word only where nothing of the batch runs. */
const passing: ReadonlySet<PendingReason['code']> = new Set(['assigned', 'backoff', 'devices_busy'])

/** What is said in general, and becomes plain by what is said of one device. */
const general: ReadonlySet<PendingReason['code']> = new Set(['devices_rejected', 'no_fitting_device'])

/** What is said of a device that lacks nothing: the task has gone on since. */
const wellPlaced: ReadonlySet<PlacementReasonCode> = new Set(['has_it', 'ran_it', 'fits', 'task_final'])

/** More reasons than this are no help: the status line goes on counting. */
const MOST_REASONS = 10

/** Why a task waits, and how many do for the same reason. */
type Group = { readonly reason: PendingReason; readonly task_id: string; readonly count: number }

const groupsOf = (tasks: Iterable<Task>): ReadonlyMap<string, Group> => {
  const groups = new Map<string, Group>()
  for (const { status, pending_reason: reason, task_id } of tasks) {
    if (status !== 'pending' || reason === null) continue
    const known = groups.get(reason.message) ?? { reason, task_id, count: 0 }
    groups.set(reason.message, { ...known, count: known.count + 1 })
  }
  return groups
}

/** What the device that is nearest to running a task lacks, with what would help. */
const nearestLacks = async (api: Api, task_id: string, call: CallOptions): Promise<string> => {
  try {
    const { devices } = await api.call('getTaskPlacement', { path: { task_id }, call })
    const [nearest] = devices
    return nearest === undefined || wellPlaced.has(nearest.reason.code) ? '' : ` ${nearest.reason.message}`
  } catch {
    // Then the reason stands alone: it tells enough.
    return ''
  }
}

/** What Ctrl-C does with a batch. */
export type CtrlC = 'cancels' | 'leaves'

/** The batch whose tasks may wait, as far as is known. */
export type FollowedBatch = {
  readonly batch_id: string
  readonly ctrlC: CtrlC
  /** How many of its tasks wait, for whatever it is. */
  readonly pending: number
  /** Whether some of its tasks run. */
  readonly isUnderWay: boolean
}

/**
 * Tells of the tasks of a batch how many wait for a device, and each reason once. What is not the same twice is a moment between
 * two tasks.
 * @returns what is called with the tasks as they are, again and again
 */
export const waitingTold = (
  api: Api,
  batch: FollowedBatch,
  view: Pick<ProgressView, 'remark' | 'showWaiting'>,
): ((tasks: Iterable<Task>, call: { readonly signal: AbortSignal }) => Promise<void>) => {
  const told = new Set<string>()
  let before: ReadonlyMap<string, Group> = new Map()
  const sentence = async ({ reason, task_id, count }: Group, call: CallOptions): Promise<string> => {
    if (passing.has(reason.code)) return `Waiting: ${reason.message}`
    const lacks = general.has(reason.code) ? await nearestLacks(api, task_id, call) : ''
    const ctrlC = batch.ctrlC === 'cancels' ? 'Ctrl-C cancels what has not ended' : 'Ctrl-C leaves the batch as it is'
    return `Waiting (${counted(count, 'task')}): ${reason.message}${lacks} Device by device: retire-cluster tasks show ${task_id} --placement. It goes on once a device can do it; ${ctrlC}.`
  }
  return async (tasks, call) => {
    const groups = groupsOf(tasks)
    const lasting = [...groups.values()].filter(({ reason }) => !passing.has(reason.code))
    view.showWaiting(lasting.reduce((sum, { count }) => sum + count, 0))
    const worthAWord = batch.isUnderWay ? lasting : [...groups.values()]
    const fresh = worthAWord.filter(({ reason: { message } }) => before.has(message) && !told.has(message))
    before = groups
    for (const group of fresh.slice(0, MOST_REASONS - told.size)) {
      const text = await sentence(group, call)
      call.signal.throwIfAborted()
      told.add(group.reason.message)
      view.remark(text)
    }
  }
}

/** After so long the first look at the tasks that wait, milliseconds; each rest is twice the one before, up to the second. */
const LOOK_MS = { first: 3000, most: 30_000 } as const

/**
 * Looks again and again at the newest of the tasks that wait, a page of them, for as long as some do. It costs a thirtieth of the
 * API's budget of reads, as the progress of the batch takes half of that already. It ends by the signal alone.
 */
const watchWaiting = async (
  api: Api,
  batch: FollowedBatch,
  tell: ReturnType<typeof waitingTold>,
  signal: AbortSignal,
): Promise<void> => {
  for (let restMs: number = LOOK_MS.first; ; restMs = Math.min(2 * restMs, LOOK_MS.most)) {
    await pause(restMs, signal)
    if (batch.pending === 0) continue
    const query = { batch_id: batch.batch_id, status: 'pending', limit: WHOLE_PAGE } as const
    try {
      await tell((await api.call('listTasks', { query, call: { signal } })).tasks, { signal })
    } catch {
      // The batch is followed by other requests, which tell what is wrong; the next look may succeed.
      signal.throwIfAborted()
    }
  }
}

/** Tells why tasks of a batch wait, as {@link waitingTold} does, while `work` follows it without listing them. */
export const tellingWaiting = async <T>(
  api: Api,
  batch: FollowedBatch,
  view: Pick<ProgressView, 'remark' | 'showWaiting'>,
  { signal }: { readonly signal: AbortSignal },
  work: () => Promise<T>,
): Promise<T> => {
  const over = new AbortController()
  const watching = watchWaiting(api, batch, waitingTold(api, batch, view), AbortSignal.any([signal, over.signal]))
  // Who has ended it knows.
  watching.catch(() => undefined)
  try {
    return await work()
  } finally {
    over.abort()
  }
}
