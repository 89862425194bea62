/** Tasks of a batch that no device takes: why they wait, and what helps. A device may still come, so that nothing is given up. */
import type { PendingReason, Task } from '../../../../schemas/task.ts'
import type { CallOptions } from '../../../client/connection.ts'
import { tasksResource } from '../../../client/resources/tasks.ts'
import { pause } from '../../../client/retrying.ts'
import type { Api } from '../api.ts'
import { WHOLE_PAGE } from '../paging.ts'
import { patienceAfter } from '../patience.ts'
import { counted } from '../presentation.ts'
import type { ProgressView } from './progress.ts'

type Code = PendingReason['code']

/** What passes when a task ends, or by itself in a moment: it is worth a word only where nothing of the batch runs. */
const passing: ReadonlySet<Code> = new Set(['assigned', 'backoff', 'devices_busy'])

/** What is said in general, and becomes plain by what is said of one device. */
const general: ReadonlySet<Code> = new Set(['devices_rejected', 'no_fitting_device'])

/** Why a task waits, and which are its fellows. */
type Group = { readonly reason: PendingReason; readonly task_id: string; readonly count: number }

const groupsOf = (tasks: Iterable<Task>): ReadonlyMap<Code, Group> => {
  const groups = new Map<Code, Group>()
  for (const { status, pending_reason: reason, task_id } of tasks) {
    if (status !== 'pending' || reason === null) continue
    const known = groups.get(reason.code) ?? { reason, task_id, count: 0 }
    groups.set(reason.code, { ...known, count: known.count + 1 })
  }
  return groups
}

/** What the device that is nearest to running a task lacks, with what would help. */
const nearestLacks = async (api: Api, task_id: string, call: CallOptions): Promise<string> => {
  try {
    const { devices } = await api.call('getTaskPlacement', { path: { task_id }, call })
    return devices[0] === undefined ? '' : ` ${devices[0].reason.message}`
  } catch {
    // Then the reason stands alone: it tells enough.
    return ''
  }
}

/** The batch whose tasks may wait. */
export type Waiting = {
  /** What Ctrl-C does with them. */
  readonly ctrlC: 'cancels' | 'leaves'
  /** Whether some of its tasks run. */
  readonly isUnderWay: boolean
}

/**
 * Tells of the tasks of a batch how many wait for a device, and each reason once. What is the same twice is no moment between
 * two tasks.
 * @returns what is called with the tasks as they are, again and again
 */
export const waitingTold = (
  api: Api,
  batch: Waiting,
  view: Pick<ProgressView, 'remark' | 'showWaiting'>,
): ((tasks: Iterable<Task>, call: { readonly signal: AbortSignal }) => Promise<void>) => {
  const told = new Set<Code>()
  let before: ReadonlyMap<Code, Group> = new Map()
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
    const fresh = worthAWord.filter(({ reason: { code } }) => before.has(code) && !told.has(code))
    before = groups
    for (const group of fresh) {
      const text = await sentence(group, call)
      call.signal.throwIfAborted()
      told.add(group.reason.code)
      view.remark(text)
    }
  }
}

/** How long after one look at the waiting tasks of a batch the next one is, for each page: a third of the API's budget of reads. */
const LOOK_MS = 3000

/**
 * Looks again and again at the tasks of a batch that wait.
 * @param tell - see {@link waitingTold}
 */
export const watchWaiting = async (
  api: Api,
  batch_id: string,
  tell: ReturnType<typeof waitingTold>,
  signal: AbortSignal,
): Promise<void> => {
  let restMs = LOOK_MS
  for (;;) {
    await pause(restMs, signal)
    try {
      const pending: Task[] = []
      const all = tasksResource(api).iterate({ batch_id, status: 'pending', limit: WHOLE_PAGE }, { signal })
      for await (const task of all) pending.push(task)
      await tell(pending, { signal })
      restMs = LOOK_MS * Math.ceil((pending.length + 1) / WHOLE_PAGE)
    } catch (error) {
      restMs = Math.max(LOOK_MS, patienceAfter(error))
    }
  }
}
