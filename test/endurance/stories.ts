/** What became of every task: each that was acknowledged ends, and ends once. */
import type { StreamEvent } from '../../src/cluster/cluster.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'

/** What is kept of a task: little, since the memory of the whole is measured. */
type Story = { readonly output: string | null; readonly wanted: 'end' | 'cancel'; ends: number }

/** The stories. */
export interface Stories {
  /** A task was acknowledged. `output` is what it prints; null where it prints nothing. */
  begin(task_id: string, output: string | null): void
  /** Somebody cancelled it: it may end so. */
  cancel(task_id: string): void
  hear(event: StreamEvent): void
  /** Acknowledged, and without an end. */
  unfinished(): number
  readonly acknowledged: number
  /** Compares what was heard with what the node has, task by task. Returns what does not agree, and how often each end came. */
  judge(cluster: Cluster): Promise<{ readonly findings: string[]; readonly ends: Readonly<Record<string, number>> }>
}

/** Ends that nobody is to blame for but the world: a task lost its device more often than is borne, or felled three (docs/guarantees.md). */
const isBorne = (error: { readonly code: string } | null) => error?.code === 'DEVICE_LOST'

/** No stories yet. */
export const createStories = (): Stories => {
  const stories = new Map<string, Story>()
  // Ends that were told before their submission was answered.
  const early = new Map<string, number>()
  let finished = 0
  return {
    begin: (task_id, output) => {
      const ends = early.get(task_id) ?? 0
      early.delete(task_id)
      if (ends > 0) finished += 1
      stories.set(task_id, { output, wanted: 'end', ends })
    },
    cancel: (task_id) => {
      const story = stories.get(task_id)
      if (story !== undefined) stories.set(task_id, { ...story, wanted: 'cancel' })
    },
    hear: ({ event }) => {
      if (event.type !== 'task_completed' && event.type !== 'task_failed' && event.type !== 'task_cancelled') return
      const story = stories.get(event.task_id)
      if (story === undefined) {
        early.set(event.task_id, (early.get(event.task_id) ?? 0) + 1)
        return
      }
      if (story.ends === 0) finished += 1
      story.ends += 1
    },
    unfinished: () => stories.size - finished,
    get acknowledged() {
      return stories.size
    },
    judge: async (cluster) => {
      const findings = [...early.keys()].map((task_id) => `${task_id} ended, and was acknowledged to nobody`)
      const counts: Record<string, number> = { completed: 0, failed: 0, cancelled: 0 }
      for (const [task_id, { output, wanted, ends }] of stories) {
        const { status, error, result, pending_reason } = await cluster.tasks.get({ task_id, wait: 0 })
        counts[status] = (counts[status] ?? 0) + 1
        if (ends !== 1)
          findings.push(
            `${task_id} was told to have ended ${ends} times, and is ${status}. ${pending_reason?.message ?? ''}`.trim(),
          )
        if (status === 'failed' && !isBorne(error)) findings.push(`${task_id} failed: ${JSON.stringify(error)}`)
        if (status === 'cancelled' && wanted !== 'cancel') findings.push(`${task_id} was cancelled by nobody`)
        if (status === 'completed' && output !== null && result?.output !== output)
          findings.push(`${task_id} printed ${JSON.stringify(result?.output)}`)
      }
      return { findings, ends: counts }
    },
  }
}
