/** How the tasks of a batch ended: results for programs, causes for people. */
import type { Task } from '../../../../schemas/task.ts'
import { harmless } from '../../harmless.ts'

/** Of a program that failed, what it said last tells more than its exit code. */
const lastLine = (output: string): string => output.trimEnd().split('\n').at(-1)?.trim() ?? ''

const LONGEST_CAUSE = 120

/** Why a task failed, in the same words for all that failed alike. */
const causeOf = ({ error, result }: Pick<Task, 'error' | 'result'>): string => {
  if (error === null) return 'unknown'
  const said = error.code === 'TASK_EXIT_NONZERO' ? lastLine(result?.output ?? '') : ''
  const cause = said === '' ? error.message : said
  return cause.length > LONGEST_CAUSE ? `${cause.slice(0, LONGEST_CAUSE)}…` : cause
}

/** A task, and what is known of how it ended. */
type Ended = Pick<Task, 'status' | 'error' | 'result' | 'metadata'>

/**
 * The causes of failures with how often each came, the most frequent first: `31 × no decoder`.
 * @param generalised - leaves out of a cause what is of its task alone
 */
export const causes = (
  tasks: readonly Ended[],
  generalised: (cause: string, task: Ended) => string = (cause) => cause,
): readonly string[] => {
  const counts = new Map<string, number>()
  for (const task of tasks)
    if (task.status === 'failed') {
      const cause = generalised(causeOf(task), task)
      counts.set(cause, (counts.get(cause) ?? 0) + 1)
    }
  return [...counts].sort(([, one], [, other]) => other - one).map(([cause, count]) => `${count} × ${harmless(cause)}`)
}
