/** Where in a batch something goes on. */
import { ClusterError } from './errors.ts'
import type { Store } from './ports/store.ts'
import type { State } from './state.ts'

/** The refusal of a batch that nobody has submitted. */
export const noBatch = (batch_id: string): ClusterError =>
  new ClusterError('NOT_FOUND', { path: `/api/v1/tasks/batch/${batch_id}` })

/**
 * The place of a task of a batch among all tasks, from `after` in the body or the query of a request.
 * @throws ClusterError `VALIDATION_ERROR` where it is no task of the batch, `NOT_FOUND` where there is no such batch
 */
export const placeIn = async (
  { state, store }: { readonly state: Pick<State, 'tasks'>; readonly store: Pick<Store, 'task' | 'batch'> },
  {
    batch_id,
    task_id,
    in: part,
  }: { readonly batch_id: string; readonly task_id: string; readonly in: 'body' | 'query' },
): Promise<number> => {
  const record = state.tasks.get(task_id) ?? (await store.task(task_id))
  if (record?.task.batch_id === batch_id) return record.sequence
  if ((await store.batch(batch_id)) === undefined) throw noBatch(batch_id)
  const message = 'must be a task of the batch'
  throw new ClusterError('VALIDATION_ERROR', {
    reason: `after ${message}`,
    issues: [{ in: part, path: '/after', message }],
  })
}
