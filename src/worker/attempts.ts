/** Attempts by name: one text that is a key in memory, a file name on disk and the marker in a process's environment. */
import type { AttemptRef } from '../../schemas/link.ts'

/** `task.epoch.attempt`: unique in the cluster, and safe as a file name (ids are made of `[A-Za-z0-9._-]`). */
export const attemptName = ({ task_id, epoch, attempt }: AttemptRef): string => `${task_id}.${epoch}.${attempt}`

/** The reference alone, out of a larger message. */
export const attemptRef = ({ task_id, epoch, attempt }: AttemptRef): AttemptRef => ({ task_id, epoch, attempt })
