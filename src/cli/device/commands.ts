/** The commands of `retire-cluster-worker`, and how one is named. */
import { UsageError } from '../failure.ts'
import { configFlag } from '../options/command-line.ts'
import { flagName, type Flags } from '../options/flag.ts'
import { didYouMean } from '../options/nearest.ts'
import type { DeviceCommand } from './command.ts'
import { workerFlags } from './worker-flags.ts'

/** The commands, by name. */
export const deviceCommands: Readonly<Record<string, DeviceCommand>> = {
  'install-service': {
    summary: 'Have the worker start with this device, and again after a crash.',
    load: async () => (await import('./service/install.ts')).installService,
  },
  'uninstall-service': {
    summary: 'End that, and remove what was written for it.',
    load: async () => (await import('./service/uninstall.ts')).uninstallService,
  },
  doctor: {
    summary: 'Look this device over, and say what to do.',
    load: async () => (await import('./doctor/doctor.ts')).doctor,
  },
}

/** A command line that names a command: the command, and the line without its name. */
export type NamedCommand = { readonly command: DeviceCommand; readonly argv: readonly string[] }

const flags: Flags = { ...configFlag, ...workerFlags }

/** True where a word is a flag whose value is the next word; undefined where it is no flag that is known. */
const takesNext = (word: string): boolean | undefined => {
  const [name = '', ...value] = word.split('=')
  const found = Object.entries(flags).find(([key]) => flagName(key) === name)
  return found === undefined ? undefined : found[1].reader.placeholder !== null && value.length === 0
}

/** Where the first word stands that is neither a flag nor the value of one; undefined where there is none. */
const firstWord = (argv: readonly string[]): number | undefined => {
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? ''
    if (!word.startsWith('-')) return index
    const takes = takesNext(word)
    // Whether an unknown flag takes a value nobody knows. Who reads the flags refuses it, or shows the help.
    if (takes === undefined) return undefined
    if (takes) index += 1
  }
  return undefined
}

/**
 * The command that a command line names, wherever it stands among the flags of the worker: the line that a device joins by
 * puts `--join` before whatever is added to it. Undefined where the line is that of the worker itself.
 * @throws UsageError for a word that is no command
 */
export const commandOf = (
  argv: readonly string[],
  commands: Readonly<Record<string, DeviceCommand>> = deviceCommands,
): NamedCommand | undefined => {
  const index = firstWord(argv)
  if (index === undefined) return undefined
  const name = argv[index] ?? ''
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined)
    throw new UsageError(`There is no command ${JSON.stringify(name)}.${didYouMean(name, Object.keys(commands))}`)
  return { command, argv: argv.toSpliced(index, 1) }
}
