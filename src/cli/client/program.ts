/** `retire-cluster`: the command-line client of the API. */
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
import { type ConfigFile, noFile } from '../options/file.ts'
import type { Environment, Flags, Scope } from '../options/flag.ts'
import { fileKeys, refuseUnknownKeys, resolveFlags } from '../options/layers.ts'
import { harmless } from '../harmless.ts'
import { connectTo } from './api.ts'
import { asFailure } from './failures.ts'
import { nothingKnown, trustOf } from './trust.ts'
import { trustingFetch } from './trusting-fetch.ts'
import { type ClientCommand, type Context, flagsOf, scoped } from './command.ts'
import { readIfThere } from './config-file.ts'
import { entries } from './entries.ts'
import { type Output, print } from './output.ts'
import { refuseForeignAddress, withProfile } from './profiles.ts'
import { callFlags, clientFlags, defaultFile, profileFlag, watchFlag } from './settings.ts'

const globalFlags = { ...configFlag, ...profileFlag, ...clientFlags, ...callFlags } as const satisfies Flags

const examples = [
  'retire-cluster config set api_url http://localhost:8081',
  'retire-cluster devices list --status online',
  `retire-cluster tasks submit echo --payload '{"message": "test"}' --wait`,
]

const settingsFile = (given: Readonly<Record<string, readonly string[]>>, environment: Environment): ConfigFile => {
  const named = namedFile(given, environment, readIfThere)
  return named === noFile ? readIfThere(defaultFile(environment)) : named
}

/** The keys of the flags behind other first words are theirs to check, when they are called. */
const ofOtherEntries = (file: ConfigFile, entry: string): readonly string[] =>
  Object.keys(file.content).filter((key) =>
    Object.keys(entries).some((other) => other !== entry && key.startsWith(`${other}_`)),
  )

const declare = (command: Command, declared: ClientCommand, scope: Scope): void => {
  const { args, examples: some } = declared
  for (const { name, description, many, optional } of args)
    command.argument(many === true ? `[${name}...]` : optional === true ? `[${name}]` : `<${name}>`, description)
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
    const kept = settingsFile(given, environment)
    const { profile } = resolveFlags(profileFlag, { given, environment, file: kept }).values
    const file = withProfile(kept, declared.keepsProfiles ? undefined : profile)
    refuseUnknownKeys(file, [...fileKeys(clientFlags), ...knownKeys, ...ofOtherEntries(file, scope[0] ?? '')])
    const settings = resolveFlags(clientFlags, { given, environment, file })
    if (!declared.isLocal) refuseForeignAddress(profile, settings)
    const { api_url, api_key, output: format } = settings.values
    const { quiet } = resolveFlags(callFlags, { given, environment, file }).values
    const trust = declared.isLocal ? nothingKnown : trustOf(settings.values)
    const context: Context = {
      api: connectTo({ url: api_url, key: api_key, fetch: trustingFetch(trust) }),
      output: {
        format,
        quiet,
        isTerminal: process.stdout.isTTY,
        write: print,
        note: (text) => void process.stderr.write(harmless(text)),
      },
      settings,
      file: kept.path,
      profile,
      environment,
      given,
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
