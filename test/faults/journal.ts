/** What the client asked, and what it was told: written before and after each call. */

/** What became of a call: `unknown` where the connection broke before the answer. */
export type Told = 'asked' | 'acknowledged' | 'refused' | 'unknown'

/** What a task does, and so how it must end. */
export type Kind = 'echo' | 'witness' | 'failing' | 'sleep'

/** A submission of one task or of several, told by the `batch_id` that it names: the listing shows it. */
export type Submission = {
  readonly batch_id: string
  readonly kinds: readonly Kind[]
  told: Told
  /** In the order of the kinds; empty until it is acknowledged. */
  task_ids: readonly string[]
}

/** A cancellation, or a retry, of a task. */
export type Demand = { readonly task_id: string; told: Told; new_task_id: string | null }

/** The journal. */
export interface Journal {
  readonly submissions: readonly Submission[]
  readonly cancellations: readonly Demand[]
  readonly retries: readonly Demand[]
  /** Tasks that were acknowledged, in that order. */
  readonly acknowledged: readonly string[]
  /** What was found wrong while the load ran. */
  readonly findings: string[]
  submission(kinds: readonly Kind[]): Submission
  cancellation(task_id: string): Demand
  retry(task_id: string): Demand
  /** Resolves when so many more tasks have been acknowledged. */
  further(tasks: number): Promise<void>
  /** Notes an answer with tasks in it. */
  acknowledge(entry: Submission | Demand, task_ids: readonly string[]): void
}

/** An empty journal. */
export const createJournal = (): Journal => {
  const submissions: Submission[] = []
  const cancellations: Demand[] = []
  const retries: Demand[] = []
  const acknowledged: string[] = []
  const watchers = new Set<() => void>()
  const demand = (list: Demand[], task_id: string) => {
    const entry: Demand = { task_id, told: 'asked', new_task_id: null }
    list.push(entry)
    return entry
  }
  return {
    submissions,
    cancellations,
    retries,
    acknowledged,
    findings: [],
    submission: (kinds) => {
      const entry: Submission = { batch_id: `sub-${submissions.length}`, kinds, told: 'asked', task_ids: [] }
      submissions.push(entry)
      return entry
    },
    cancellation: (task_id) => demand(cancellations, task_id),
    retry: (task_id) => demand(retries, task_id),
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
      else entry.new_task_id = task_ids[0] ?? null
      for (const look of [...watchers]) look()
    },
  }
}
