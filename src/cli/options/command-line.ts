/** The command line, by commander: names, help, suggestions. Values are read by the layers, which treat all sources alike. */
import { Command, CommanderError, Option } from 'commander'
import { UsageError } from '../failure.ts'
import { version } from '../version.ts'
import { type ConfigFile, noFile, readConfigFile } from './file.ts'
import {
  type Environment,
  type Flag,
  flagName,
  type Flags,
  optional,
  type Scope,
  type Values,
  variableName,
} from './flag.ts'
import { fileKeys, refuseUnknownKeys, type Resolved, resolveFlags } from './layers.ts'
import { text } from './readers.ts'

/** Help or the version was asked for and shown: there is nothing more to do. */
export class Shown extends Error {
  override readonly name = 'Shown'
}

/** The flag that every program has. */
export const configFlag = {
  config: {
    ...optional(text('FILE'), 'JSON file with settings: the long name of any flag below, with underscores.'),
    inFile: false,
  },
} as const satisfies Flags

const helpText = (key: string, flag: Flag<unknown>, scope: Scope): string => {
  const notes = [
    ...(flag.fallbackText === '' ? [] : [`default: ${flag.fallbackText}`]),
    `env: ${variableName(key, scope)}`,
  ]
  return `${flag.description} (${notes.join(', ')})`
}

// Commander's own Option.env() is not used: it takes any set variable of a boolean for true, "false" too.
const optionOf = (key: string, flag: Flag<unknown>, scope: Scope): Option => {
  const { placeholder, repeatable } = flag.reader
  const many = repeatable ? ' (repeatable)' : ''
  const name = flag.letter === undefined ? flagName(key) : `-${flag.letter}, ${flagName(key)}`
  const option = new Option(
    placeholder === null ? name : `${name} <${placeholder}>`,
    helpText(key, flag, scope).replace(/ \(/, `${many} (`),
  )
  return placeholder === null
    ? option
    : option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value])
}

/** Declares flags on a command. */
export const declareFlags = (command: Command, flags: Flags, scope: Scope = []): void => {
  for (const [key, flag] of Object.entries(flags)) command.addOption(optionOf(key, flag, scope))
}

const camelCase = (key: string): string => key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())

/** What commander has for a flag. It takes `--no-x` for the negation of an `--x`, and says false under that name. */
const valueOf = (key: string, given: Readonly<Record<string, readonly string[] | boolean | undefined>>) => {
  const positive = /^no_(.+)$/.exec(key)?.[1]
  if (positive === undefined) return given[camelCase(key)]
  return given[camelCase(positive)] === false ? true : undefined
}

/** The occurrences of declared flags on a command line that was parsed. */
export const occurrences = (command: Command, flags: Flags): Readonly<Record<string, readonly string[]>> => {
  const given = command.opts<Readonly<Record<string, readonly string[] | boolean | undefined>>>()
  return Object.fromEntries(
    Object.keys(flags).flatMap((key) => {
      const value = valueOf(key, given)
      return value === undefined ? [] : [[key, typeof value === 'boolean' ? [] : value]]
    }),
  )
}

/** Makes a command that throws instead of ending the process, and has `--help` and `--version`. */
export const quietCommand = (name: string): Command =>
  new Command(name)
    .exitOverride()
    .configureOutput({ outputError: () => undefined, writeErr: () => undefined })
    .version(version, '--version', 'Print the version and end.')
    .helpOption('--help', 'Print this help and end.')

const sentence = (error: CommanderError): string => {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n')
  const hint = rest.join(' ').replace(/^\(|\)$/g, '')
  return `${first.charAt(0).toUpperCase()}${first.slice(1)}.${hint === '' ? ' See --help.' : ` ${hint}`}`
}

/**
 * Parses a command line.
 * @throws UsageError for an unknown flag, a missing value or an argument too many
 * @throws Shown where help or the version was asked for
 */
export const parse = async (command: Command, argv: readonly string[]): Promise<void> => {
  try {
    await command.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) throw new Shown(error.message)
    if (error.code === 'commander.help') throw new UsageError('A command is missing. See --help.')
    throw new UsageError(sentence(error))
  }
}

/** A program as its command line is read: what its help says, and its flags. */
export type Program<F extends Flags> = {
  readonly name: string
  readonly summary: string
  readonly flags: F
  /** Commands that its help lists, by name; who names one has it run in place of the program. */
  readonly commands?: Readonly<Record<string, { readonly summary: string }>>
  /** Keys that its config file may hold besides those of flags. */
  readonly sections?: readonly string[]
  readonly examples: readonly string[]
}

/** A command line that was read: its config file, and what was given on the line itself, as it was written. */
export type CommandLine<F extends Flags> = Resolved<F> & {
  readonly file: ConfigFile
  readonly given: Readonly<Record<string, readonly string[]>>
}

/** The help text that lists examples. */
export const examplesText = (examples: readonly string[]): string =>
  `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}\n\nA flag stands before its variable (env), that before the config file, that before the default.\n`

/** The help text that lists commands; empty where there are none. */
const commandsText = (commands: Readonly<Record<string, { readonly summary: string }>>): string => {
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(20)}${summary}`)
  return lines.length === 0 ? '' : `\nCommands (COMMAND --help shows more):\n${lines.join('\n')}\n`
}

/** The config file that `--config` or its variable names; {@link noFile} where neither does. */
export const namedFile = (
  given: Readonly<Record<string, readonly string[]>>,
  environment: Environment,
  read: (path: string) => ConfigFile = readConfigFile,
): ConfigFile => {
  const { values } = resolveFlags(configFlag, { given, environment, file: noFile })
  const { config }: Values<typeof configFlag> = values
  return config === undefined ? noFile : read(config)
}

/**
 * Reads the command line of a program: flags before variables before the config file before defaults.
 * @throws UsageError for whatever is unknown or bad
 * @throws Shown where help or the version was asked for
 */
export const readCommandLine = async <F extends Flags>(
  program: Program<F>,
  argv: readonly string[],
  environment: Environment,
): Promise<CommandLine<F>> => {
  const flags = { ...configFlag, ...program.flags }
  const command = quietCommand(program.name)
    .description(program.summary)
    .addHelpText('after', `${commandsText(program.commands ?? {})}${examplesText(program.examples)}`)
  declareFlags(command, flags)
  await parse(command, argv)
  const given = occurrences(command, flags)
  const file = namedFile(given, environment)
  refuseUnknownKeys(file, [...fileKeys(program.flags), ...(program.sections ?? [])])
  return { ...resolveFlags(program.flags, { given, environment, file }), file, given }
}
