/** `retire-cluster`: the command-line client of the API. */
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import {
  declareFlags,
  examplesText,
  configFlag,
  namedFile,
  occurrences,
  parse,
  quietCommand,
} from '../options/command-line.ts'
import { type ConfigFile, noFile, readConfigFile } from '../options/file.ts'
import type { Environment, Flags } from '../options/flag.ts'
import { fileKeys, refuseUnknownKeys, resolveFlags } from '../options/layers.ts'
import { connectTo } from './api.ts'
import type { ClientCommand, CommandGroup, Context } from './command.ts'
import { clientFlags, defaultFile } from './settings.ts'

/** The groups of commands; each is loaded only when it is called, so that the client starts fast. */
const groups: Readonly<Record<string, { summary: string; load: () => Promise<{ readonly commands: CommandGroup }> }>> =
  {
    config: { summary: 'Settings of this client: where the API is, and its key.', load: () => import('./config.ts') },
    cluster: { summary: 'The cluster as a whole.', load: () => import('./cluster.ts') },
    devices: { summary: 'The devices of the cluster.', load: () => import('./devices.ts') },
    tasks: { summary: 'Tasks: submit, look at, wait for, cancel, retry.', load: () => import('./tasks.ts') },
  }

const globalFlags = { ...configFlag, ...clientFlags } as const satisfies Flags

const examples = [
  'retire-cluster config set api_url http://localhost:8081',
  'retire-cluster devices list --status online',
  `retire-cluster tasks submit echo --payload '{"message": "test"}' --wait`,
]

/** A file that is not there yet is an empty one: `config set` makes it. */
const readIfThere = (path: string): ConfigFile => (existsSync(path) ? readConfigFile(path) : { path, content: {} })

const settingsFile = (given: Readonly<Record<string, readonly string[]>>, environment: Environment): ConfigFile => {
  const named = namedFile(given, environment, readIfThere)
  return named === noFile ? readIfThere(defaultFile(environment)) : named
}

/** The keys of other groups' flags are theirs to check, when they are called. */
const ofOtherGroups = (file: ConfigFile, group: string): readonly string[] =>
  Object.keys(file.content).filter((key) =>
    Object.keys(groups).some((other) => other !== group && key.startsWith(`${other}_`)),
  )

const addCommand = (
  group: Command,
  declared: ClientCommand,
  act: (args: readonly string[], command: Command) => Promise<void>,
) => {
  const command = group.command(declared.name).description(declared.summary)
  for (const { name, description } of declared.args) command.argument(`<${name}>`, description)
  declareFlags(command, declared.flags, [group.name(), declared.name])
  if (declared.examples.length > 0) command.addHelpText('after', examplesText(declared.examples))
  command.action(() => act(command.args, command))
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

  const act = async (
    group: string,
    commands: CommandGroup,
    declared: ClientCommand,
    args: readonly string[],
    command: Command,
  ) => {
    const given = occurrences(root, globalFlags)
    const file = settingsFile(given, environment)
    const ownKeys = commands.flatMap(({ name, flags }) => fileKeys(flags, [group, name]))
    refuseUnknownKeys(file, [...fileKeys(clientFlags), ...ownKeys, ...ofOtherGroups(file, group)])
    const settings = resolveFlags(clientFlags, { given, environment, file })
    const { api_url, api_key, output } = settings.values
    const context: Context = {
      api: connectTo({ url: api_url, key: api_key }),
      format: output,
      settings,
      file: file.path,
      environment,
    }
    const scope = [group, declared.name]
    await declared.execute(context, args, { given: occurrences(command, declared.flags), environment, file, scope })
  }

  for (const [name, { summary }] of Object.entries(groups)) root.command(name).description(summary).helpCommand(false)
  root.hook('preSubcommand', async (_root, group) => {
    const name = group.name()
    const { commands } = (await groups[name]?.load()) ?? { commands: [] }
    for (const declared of commands)
      addCommand(group, declared, (args, command) => act(name, commands, declared, args, command))
  })
  await parse(root, argv)
  return 0
}
