/** Which files unfinished tasks name. */
import type { TaskRecord } from '../ports/records.ts'

/** The files that unfinished tasks take; what they leave is not here yet. */
export interface NamedFiles {
  /** A task changed, came in or left. */
  update(before: TaskRecord | undefined, after: TaskRecord | undefined): void
  /** True while an unfinished task takes the file. */
  has(sha256: string): boolean
}

/** None is named. */
export const createNamedFiles = (): NamedFiles => {
  const names = new Map<string, number>()

  const count = (record: TaskRecord | undefined, by: 1 | -1) => {
    for (const { sha256 } of record?.task.inputs ?? []) {
      const left = (names.get(sha256) ?? 0) + by
      if (left === 0) names.delete(sha256)
      else names.set(sha256, left)
    }
  }

  return {
    update: (before, after) => {
      // Of most changes: an assignment, a start. What a task takes never changes.
      if (before?.task.inputs === after?.task.inputs) return
      count(before, -1)
      count(after, 1)
    },
    has: (sha256) => names.has(sha256),
  }
}
