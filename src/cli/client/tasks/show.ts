/** `retire-cluster tasks show`. */
import { flag } from '../../options/flag.ts'
import { toggle } from '../../options/readers.ts'
import { readTask } from '../awaiting.ts'
import { command } from '../command.ts'
import { printRecord } from '../output.ts'
import { showPlacement } from '../placement.ts'
import { taskArgument } from './flags.ts'

/** The command. */
export const show = command({
  name: 'show',
  summary: 'Show all that is known of a task, or why it is where it is.',
  watchable: true,
  args: [taskArgument],
  flags: {
    placement: flag(toggle, 'Show for each device why it may have the task or not, with its score.', false),
  },
  examples: ['retire-cluster tasks show task-abc123 --placement'],
  run: async ({ api, output }, { placement }, [task_id = '']) =>
    placement ? showPlacement(api, output, task_id) : printRecord(output, await readTask(api, task_id)),
})
