/** `retire-cluster tasks logs`. */
import { tasksResource } from '../../../client/resources/tasks.ts'
import { flag } from '../../options/flag.ts'
import { toggle } from '../../options/readers.ts'
import { readTask } from '../awaiting.ts'
import { command } from '../command.ts'
import { taskArgument } from './flags.ts'
import { forTerminal } from './live.ts'

/** The command. */
export const logs = command({
  name: 'logs',
  summary: 'Print what a task has printed; with -f, what it prints from now on too.',
  args: [taskArgument],
  flags: {
    follow: {
      ...flag(toggle, 'Go on until the task ends, over restarts of the server.', false),
      inFile: false,
      letter: 'f',
    },
  },
  examples: ['retire-cluster tasks logs task-abc123', 'retire-cluster tasks logs -f task-abc123 | grep error'],
  run: async ({ api, output }, { follow }, [task_id = '']) => {
    const tasks = tasksResource(api)
    // A pipe gets what was printed, byte by byte.
    const shown = process.stdout.isTTY ? forTerminal() : (text: string) => text
    if (!follow) return output.write(shown(await tasks.output(task_id)))
    // Asked once without patience: a wrong address is told at once, and not waited for.
    await readTask(api, task_id)
    for await (const piece of tasks.followOutput(task_id)) await output.write(shown(piece))
  },
})
