/** What the client asked, and what it was told: written before and after each call. */

/** What became of a call: `unknown` where the connection broke before the answer. */
export type Told = 'asked' | 'acknowledged' | 'refused' | 'unknown'

/** What a task does, and so how it must end. */
export type Kind = 'echo' | 'sleep' | 'witness' | 'tree' | 'failing'

/** A submission of one task or of several, told by the `batch_id` that it names: the listing shows it. */
export type Submission = {
  readonly batch_id: string
  readonly kinds: readonly Kind[]
  /** The idempotency key under which it is sent, again and again until there is an answer; null for one that is sent once. */
  readonly key: string | null
  told: Told
  /** In the order of the kinds; empty until it is acknowledged. */
  task_ids: readonly string[]
}

/** A cancellation, or a retry, of a task. */
export type Demand = { readonly task_id: string; readonly key: string | null; told: Told; new_task_id: string | null }

/** A change of the config; each names another value than those before. */
export type Setting = { readonly task_days: number; told: Told }

/** How a request is sent that makes tasks: once, or under an idempotency key until it is answered. */
export type Sent = 'once' | 'until answered'

/** The journal. */
export interface Journal {
  readonly submissions: readonly Submission[]
  readonly cancellations: readonly Demand[]
  readonly retries: readonly Demand[]
  readonly settings: readonly Setting[]
  /** Tasks that were acknowledged, in that order. */
  readonly acknowledged: readonly string[]
  /** What was found wrong while the load ran. */
  readonly findings: string[]
  submission(kinds: readonly Kind[], sent: Sent): Submission
  cancellation(task_id: string): Demand
  retry(task_id: string, sent: Sent): Demand
  setting(): Setting
  /** Resolves when so many more tasks have been acknowledged. */
  further(tasks: number): Promise<void>
  /** Notes an answer with tasks in it. */
  acknowledge(entry: Submission | Demand | Setting, task_ids: readonly string[]): void
}

/** Beyond the default of `retention.task_days`, so that a value tells where it comes from. */
const FIRST_DAYS = 100

/** An empty journal. */
export const createJournal = (): Journal => {
  const submissions: Submission[] = []
  const cancellations: Demand[] = []
  const retries: Demand[] = []
  const settings: Setting[] = []
  const acknowledged: string[] = []
  const watchers = new Set<() => void>()
  const demand = (list: Demand[], task_id: string, key: string | null) => {
    const entry: Demand = { task_id, key, told: 'asked', new_task_id: null }
    list.push(entry)
    return entry
  }
  return {
    submissions,
    cancellations,
    retries,
    settings,
    acknowledged,
    findings: [],
    submission: (kinds, sent) => {
      const batch_id = `sub-${submissions.length}`
      const entry: Submission = { batch_id, kinds, key: sent === 'once' ? null : batch_id, told: 'asked', task_ids: [] }
      submissions.push(entry)
      return entry
    },
    cancellation: (task_id) => demand(cancellations, task_id, null),
    retry: (task_id, sent) => demand(retries, task_id, sent === 'once' ? null : `retry-${retries.length}`),
    setting: () => {
      const entry: Setting = { task_days: FIRST_DAYS + settings.length, told: 'asked' }
      settings.push(entry)
      return entry
    },
    further: (tasks) => {
      const wanted = acknowledged.length + tasks
      return new Promise((resolve) => {
        const look = () => {
          if (acknowledged.length < wanted) return
          watchers.delete(look)
          resolve()
        }
        watchers.add(look)
        look()
      })
    },
    acknowledge: (entry, task_ids) => {
      entry.told = 'acknowledged'
      acknowledged.push(...task_ids)
      if ('kinds' in entry) entry.task_ids = task_ids
      if ('new_task_id' in entry) entry.new_task_id = task_ids[0] ?? null
      for (const look of [...watchers]) look()
    },
  }
}
