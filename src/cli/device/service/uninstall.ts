/** `retire-cluster-worker uninstall-service`: ends the service, and removes what `install-service` wrote. */
import { StartError } from '../../failure.ts'
import { type Program, readCommandLine } from '../../options/command-line.ts'
import { say } from '../../say.ts'
import type { RunCommand } from '../command.ts'
import { workerFlags } from '../worker-flags.ts'
import { contentOf, remove } from './files.ts'
import { recordedIn } from './record.ts'
import { uninstallFlags } from './service-flags.ts'
import { refuseSystem, supervisorOf } from './supervisor-of.ts'

const program: Program<typeof uninstallFlags> = {
  name: 'retire-cluster-worker uninstall-service',
  summary:
    'Ends the service that install-service made, and removes what it wrote. The device stays a member of its cluster: its data directory is not touched.',
  flags: uninstallFlags,
  sections: Object.keys(workerFlags),
  examples: ['retire-cluster-worker uninstall-service', 'sudo retire-cluster-worker uninstall-service --system'],
}

/** Removes the service; where there is none, it says so, and that is no failure. */
export const uninstallService: RunCommand = async (argv, environment) => {
  const { values } = await readCommandLine(program, argv, environment)
  if (values.system) refuseSystem(environment)
  const supervisor = supervisorOf(environment, values.system ? 'root' : undefined)
  const content = supervisor && (await contentOf(supervisor.path))
  if (supervisor === undefined || content === undefined) {
    say([`There is no service to remove${supervisor === undefined ? '' : `: ${supervisor.path} is not there`}.`])
    return 0
  }
  const files = recordedIn(content)
  if (files === undefined)
    throw new StartError(
      `${supervisor.path} was not written by install-service; remove it yourself, if it is not needed.`,
    )
  const notes = await supervisor.end()
  // The file that records the others goes last: ended half-way, the next run finds what is left.
  const removed: string[] = []
  for (const file of [...files, supervisor.path]) if (await remove(file)) removed.push(file)
  await supervisor.forget()
  say(['The worker has ended, and starts no more by itself.', ...removed.map((file) => `Removed: ${file}`), ...notes])
  return 0
}
