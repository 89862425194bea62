/** Waiting for one task, and showing its end. */
import type { Api } from '../api.ts'
import { awaitTask, endWith } from '../awaiting.ts'
import { type Output, printRecord } from '../output.ts'

/**
 * Waits for the end of a task, and shows it.
 * @throws Failure as {@link endWith}
 */
export const showEnd = async (
  { api, output }: { readonly api: Api; readonly output: Output },
  task_id: string,
  how: { readonly handThrough: boolean },
): Promise<void> => {
  const task = await awaitTask(api, task_id)
  await printRecord(output, task)
  endWith(task, how)
}
