/** How far running tasks are, as they say themselves: kept in memory until they end; then it stands in their record. */
import type { Progress, ProgressParams, Task } from '../../schemas/index.ts'

/** How far running tasks are. Nothing is written for it: a device that comes back says it again. */
export interface Progresses {
  /** A current attempt has said how far it is; what it said before counts no more. */
  take(report: ProgressParams): void
  /** What the current attempt of a task has said; undefined where it said nothing. */
  of(task: Pick<Task, 'task_id' | 'attempt'>): Progress | undefined
  /** The task is final, or its attempt is over. */
  drop(task_id: string): void
}

/** Nothing said yet. */
export const createProgresses = (): Progresses => {
  const reports = new Map<string, { readonly attempt: number; readonly progress: Progress }>()
  return {
    take: ({ task_id, attempt, progress, progress_message }) =>
      void reports.set(task_id, { attempt, progress: { progress, progress_message } }),
    of: ({ task_id, attempt }) => {
      const report = reports.get(task_id)
      return report?.attempt === attempt ? report.progress : undefined
    },
    drop: (task_id) => void reports.delete(task_id),
  }
}
