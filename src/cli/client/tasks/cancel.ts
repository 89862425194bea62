/** `retire-cluster tasks cancel`. */
import type { BatchCancellation } from '../../../../schemas/batch.ts'
import { optional } from '../../options/flag.ts'
import { command } from '../command.ts'
import { changeTasks, tasksArgument } from '../many-tasks.ts'
import { batchId } from './flags.ts'

/** The command. */
export const cancel = command({
  name: 'cancel',
  summary: 'Cancel pending and running tasks.',
  args: [tasksArgument],
  flags: { batch: optional(batchId, 'All tasks of this batch that are not final.') },
  examples: [
    'retire-cluster tasks cancel task-abc123 task-def456',
    'retire-cluster tasks cancel --batch nightly',
    'retire-cluster tasks list -q --status pending | retire-cluster tasks cancel -',
  ],
  run: ({ api, output }, { batch }, args) =>
    changeTasks<BatchCancellation['outcomes'][number]>(
      output,
      { args, batch },
      { name: 'was_running', of: ({ was_running }) => was_running },
      // What is cancelled is no longer among those that are asked for: the next ones follow by themselves.
      (body) => api.call('cancelTasks', { body }),
    ),
})
