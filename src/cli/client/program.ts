/** `retire-cluster`: the command-line client of the API. */
import { Argument as CommanderArgument, type Command } from 'commander'
import { declareFlags, examplesText, occurrences, parse, quietCommand } from '../options/command-line.ts'
import type { ConfigFile } from '../options/file.ts'
import type { Environment, Scope } from '../options/flag.ts'
import { fileKeys, refuseUnknownKeys, resolveFlags } from '../options/layers.ts'
import { harmless } from '../harmless.ts'
import { asFailure } from './failures.ts'
import { type Argument, type ClientCommand, type Context, flagsOf, scoped } from './command.ts'
import { entries } from './entries.ts'
import { type Output, print } from './output.ts'
import { apiOf, sessionOf, unaskedApi } from './session.ts'
import { callFlags, clientFlags, globalFlags, watchFlag } from './settings.ts'

const examples = [
  'retire-cluster config set api_url http://localhost:8081',
  'retire-cluster devices list --status online',
  `retire-cluster tasks submit echo --payload '{"message": "test"}' --wait`,
]

/** The keys of the flags behind other first words are theirs to check, when they are called. */
const ofOtherEntries = (file: ConfigFile, entry: string): readonly string[] =>
  Object.keys(file.content).filter((key) =>
    Object.keys(entries).some((other) => other !== entry && key.startsWith(`${other}_`)),
  )

const argumentOf = ({ name, description, choices, many, optional }: Argument): CommanderArgument => {
  const written = many === true ? `[${name}...]` : optional === true ? `[${name}]` : `<${name}>`
  const argument = new CommanderArgument(written, description)
  // For help alone: Argument.choices() would check values too, in other words than the commands have.
  if (choices !== undefined) argument.argChoices = [...choices]
  return argument
}

const declare = (command: Command, declared: ClientCommand, scope: Scope): void => {
  for (const argument of declared.args) command.addArgument(argumentOf(argument))
  declareFlags(command, flagsOf(declared), scope)
  if (declared.examples.length > 0) command.addHelpText('after', examplesText(declared.examples))
}

/**
 * Runs one command of the client.
 * @returns 0; every other exit code comes as a Failure
 */
export const runClient = async (argv: readonly string[], environment: Environment): Promise<number> => {
  const root = quietCommand('retire-cluster')
    .description('Speaks to the API of a Retire-Cluster.')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', examplesText(examples))
  declareFlags(root, globalFlags)

  const act = async (declared: ClientCommand, scope: Scope, knownKeys: readonly string[], command: Command) => {
    const given = occurrences(root, globalFlags)
    const session = sessionOf(given, environment, declared.keepsProfiles ? 'kept' : 'used')
    const { profile, file, settings } = session
    refuseUnknownKeys(file, [...fileKeys(clientFlags), ...knownKeys, ...ofOtherEntries(file, scope[0] ?? '')])
    const { api_url, output: format } = settings.values
    const { quiet } = resolveFlags(callFlags, { given, environment, file }).values
    const context: Context = {
      api: declared.isLocal ? unaskedApi(session) : apiOf(session),
      output: {
        format,
        quiet,
        isTerminal: process.stdout.isTTY,
        write: print,
        note: (text) => void process.stderr.write(harmless(text)),
      },
      settings,
      file: file.path,
      profile,
      environment,
      given,
      behind: argv.includes('--') ? argv.slice(argv.indexOf('--') + 1) : [],
      entries,
    }
    const layers = { given: occurrences(command, flagsOf(declared)), environment, file, scope }
    const run = (output: Output) => declared.execute({ ...context, output }, command.args, layers)
    try {
      if (declared.watchable && resolveFlags(watchFlag, layers).values.watch) {
        const { watch } = await import('./watch.ts')
        await watch(context.output, run, api_url)
      } else await run(context.output)
    } catch (error) {
      throw asFailure(error, api_url, declared.flags)
    }
  }

  for (const [name, { summary }] of Object.entries(entries)) root.command(name).description(summary).helpCommand(false)
  root.hook('preSubcommand', async (_root, entry) => {
    const loaded = await entries[entry.name()]?.load()
    const all = loaded === undefined ? [] : scoped(entry.name(), loaded)
    const knownKeys = all.flatMap(({ declared, scope }) => fileKeys(declared.flags, scope))
    for (const { declared, scope } of all) {
      const command = scope.length === 1 ? entry : entry.command(declared.name).description(declared.summary)
      declare(command, declared, scope)
      command.action(() => act(declared, scope, knownKeys, command))
    }
  })
  await parse(root, argv)
  return 0
}
