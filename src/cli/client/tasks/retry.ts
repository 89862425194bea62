/** `retire-cluster tasks retry`. */
import { newIdempotencyKey } from '../../../client/idempotency.ts'
import type { BatchRetried } from '../../../../schemas/batch.ts'
import { optional } from '../../options/flag.ts'
import { command } from '../command.ts'
import { changeTasks, tasksArgument } from '../many-tasks.ts'
import { underKey } from '../under-key.ts'
import { batchId, idempotencyKey, priority as priorityReader } from './flags.ts'

/** The command. */
export const retry = command({
  name: 'retry',
  summary: 'Submit failed and cancelled tasks anew.',
  args: [tasksArgument],
  flags: {
    batch: optional(batchId, 'All tasks of this batch that failed or were cancelled, and that were not retried yet.'),
    priority: optional(priorityReader, 'The priority of the new tasks.', 'that of the old ones'),
    idempotency_key: idempotencyKey,
  },
  examples: [
    'retire-cluster tasks retry --batch nightly --priority high',
    'retire-cluster tasks list -q --status failed | retire-cluster tasks retry -',
  ],
  run: ({ api, output }, { batch, priority, idempotency_key: key = newIdempotencyKey() }, args) =>
    changeTasks<BatchRetried['outcomes'][number]>(
      output,
      { args, batch },
      { name: 'new_task_id', of: ({ new_task_id }) => new_task_id },
      (selection, { step, ...place }) => {
        const body = { ...selection, ...place, ...(priority === undefined ? {} : { priority }) }
        return underKey({ key, step }, (how) => api.call('retryTasks', { body, ...how }))
      },
    ),
})
