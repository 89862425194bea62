/** `retire-cluster tasks wait`. */
import { command } from '../command.ts'
import { readTask } from '../awaiting.ts'
import { exitCode, taskArgument } from './flags.ts'
import { showEnd } from './live.ts'

/** The command. */
export const wait = command({
  name: 'wait',
  summary: 'Wait for the end of a task and show it.',
  args: [taskArgument],
  flags: { exit_code: exitCode },
  examples: ['retire-cluster tasks wait task-abc123 --exit-code'],
  run: async ({ api, output }, values, [task_id = '']) => {
    // Asked once without patience: a wrong address is told at once, and not waited for.
    await readTask(api, task_id)
    await showEnd({ api, output }, task_id, { handThrough: values.exit_code })
  },
})
