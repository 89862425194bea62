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
import type { Environment, Flags, Scope } from '../options/flag.ts'
import { fileKeys, refuseUnknownKeys, resolveFlags } from '../options/layers.ts'
import { connectTo } from './api.ts'
import { asFailure } from './failures.ts'
import { trustOf } from './trust.ts'
import { trustingFetch } from './trusting-fetch.ts'
import type { ClientCommand, CommandGroup, Context } from './command.ts'
import { type Output, print } from './output.ts'
import { callFlags, clientFlags, defaultFile, watchFlag } from './settings.ts'

/** What a first word of the command line leads to: a group of commands, or one that stands alone. */
type Loaded = { readonly commands: CommandGroup } | { readonly command: ClientCommand }

/** The first words; what is behind each is loaded only when it is called, so that the client starts fast. */
const entries: Readonly<Record<string, { summary: string; load: () => Promise<Loaded> }>> = {
  config: { summary: 'Settings of this client: where the API is, and its key.', load: () => import('./config.ts') },
  cluster: { summary: 'The cluster as a whole: status, health, metrics.', load: () => import('./cluster.ts') },
  devices: { summary: 'The devices of the cluster.', load: () => import('./devices.ts') },
  tasks: { summary: 'Tasks: submit, map, look at, wait for, cancel, retry.', load: () => import('./tasks.ts') },
  logs: { summary: 'The log of the cluster.', load: () => import('./logs.ts') },
  stats: { summary: 'How tasks ended, and how devices were used.', load: () => import('./stats.ts') },
  keys: { summary: 'API keys: list, create, revoke.', load: () => import('./keys.ts') },
  audit: { summary: 'The audit log: list, verify.', load: () => import('./audit.ts') },
  backup: { summary: 'Copy the data of a node of this machine into one file.', load: () => import('./backup.ts') },
  mcp: { summary: 'Serve the API as tools for AI agents (MCP).', load: () => import('../mcp/command.ts') },
}

const globalFlags = { ...configFlag, ...clientFlags, ...callFlags } as const satisfies Flags

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

/** The keys of the flags behind other first words are theirs to check, when they are called. */
const ofOtherEntries = (file: ConfigFile, entry: string): readonly string[] =>
  Object.keys(file.content).filter((key) =>
    Object.keys(entries).some((other) => other !== entry && key.startsWith(`${other}_`)),
  )

/** The commands behind a first word, with the scope of the flags of each. */
const scoped = (entry: string, loaded: Loaded): readonly { declared: ClientCommand; scope: Scope }[] =>
  'command' in loaded
    ? [{ declared: loaded.command, scope: [entry] }]
    : loaded.commands.map((declared) => ({ declared, scope: [entry, declared.name] }))

const flagsOf = ({ flags, watchable }: ClientCommand): Flags => (watchable ? { ...flags, ...watchFlag } : flags)

const declare = (command: Command, declared: ClientCommand, scope: Scope): void => {
  const { args, examples: some } = declared
  for (const { name, description, many } of args)
    command.argument(many === true ? `[${name}...]` : `<${name}>`, description)
  declareFlags(command, flagsOf(declared), scope)
  if (some.length > 0) command.addHelpText('after', examplesText(some))
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
    const file = settingsFile(given, environment)
    refuseUnknownKeys(file, [...fileKeys(clientFlags), ...knownKeys, ...ofOtherEntries(file, scope[0] ?? '')])
    const settings = resolveFlags(clientFlags, { given, environment, file })
    const { api_url, api_key, output: format } = settings.values
    const { quiet } = resolveFlags(callFlags, { given, environment, file }).values
    const trust = trustOf(settings.values)
    const context: Context = {
      api: connectTo({ url: api_url, key: api_key, fetch: trustingFetch(trust) }),
      output: { format, quiet, write: print, note: (text) => void process.stderr.write(text) },
      settings,
      file: file.path,
      environment,
    }
    const layers = { given: occurrences(command, flagsOf(declared)), environment, file, scope }
    const run = (output: Output) => declared.execute({ ...context, output }, command.args, layers)
    try {
      if (declared.watchable && resolveFlags(watchFlag, layers).values.watch) {
        const { watch } = await import('./watch.ts')
        await watch(context.output, run, api_url)
      } else await run(context.output)
    } catch (error) {
      throw asFailure(error, api_url)
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
