/** What the process of owners' own task types is asked, and how it answers beside what `executors/evaluation.ts` says. */

/** The file of `--tasks`, with the text that counts of it: what runs is what was offered, though the file be half written now. */
export type TaskFile = {
  /** Absolute. */
  readonly path: string
  readonly source: string
}

/** A task that is to run. */
export type CustomRun = {
  readonly task_type: string
  readonly payload: Readonly<Record<string, unknown>>
  /** The number of the attempt, from 1 on. */
  readonly attempt: number
}

/** What the process is asked: to run a task, or, without one, which types the file has. */
export type CustomTypesRequest = { readonly file: TaskFile; readonly run?: CustomRun }

/** The exit code of a process that does not take the task, and says why: EX_UNAVAILABLE of sysexits.h. */
export const NOT_TAKEN = 69
