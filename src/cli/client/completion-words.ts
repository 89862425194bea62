/** The words that could come next on an unfinished command line. */
import { configFlag } from '../options/command-line.ts'
import { type Flag, flagName, type Flags } from '../options/flag.ts'
import type { Api } from './api.ts'
import { type ClientCommand, type Context, type Entries, flagsOf, scoped } from './command.ts'
import { profilesOf } from './profiles.ts'
import { readIfThere } from './config-file.ts'
import { callFlags, clientFlags, profileFlag } from './settings.ts'

/** Who presses the tab key does not wait longer than this, in milliseconds. */
const PATIENCE_MS = 1500
/** More than this no screen shows. */
const MOST_IDS = 200

const globalFlags: Flags = { ...configFlag, ...profileFlag, ...clientFlags, ...callFlags }

type Ids = (api: Api) => Promise<readonly string[]>
const call = () => ({ timeoutMs: PATIENCE_MS })

/** What can stand for an argument or the value of a flag, by the name that its help gives it. */
const idsOf: Readonly<Record<string, Ids>> = {
  DEVICE_ID: async (api) =>
    (await api.call('listDevices', { query: { limit: MOST_IDS }, call: call() })).devices.map(({ id }) => id),
  TASK_ID: async (api) =>
    (await api.call('listTasks', { query: { limit: MOST_IDS }, call: call() })).tasks.map(({ task_id }) => task_id),
  BATCH_ID: async (api) => {
    const { tasks } = await api.call('listTasks', { query: { limit: MOST_IDS }, call: call() })
    return [...new Set(tasks.flatMap(({ batch_id }) => (batch_id === null ? [] : [batch_id])))]
  },
  TASK_TYPE: async (api) =>
    (await api.call('listTaskTypes', { call: call() })).task_types.map(({ task_type }) => task_type),
  KEY_ID: async (api) => (await api.call('listKeys', { call: call() })).keys.map(({ id }) => id),
}
const synonyms: Readonly<Record<string, string>> = { TYPE: 'TASK_TYPE' }

/** What can stand for a name of help: choices are written out in it, ids are the API's to know. */
const valuesOf = async (name: string, description: string, { api, file }: Context): Promise<readonly string[]> => {
  if (name.includes('|')) return name.split('|')
  if (name === 'NAME') return Object.keys(profilesOf(readIfThere(file)))
  // Descriptions of closed choices are their list, as `config set` and `completion` have them.
  if (/^\w+(, \w+)+$/.test(description)) return description.split(', ')
  const ids = idsOf[synonyms[name] ?? name]
  // A failure must not be written into the line that is being typed; there are no words then.
  return ids === undefined ? [] : ids(api).catch(() => [])
}

const flagNamed = (flags: Flags, word: string): Flag<unknown> | undefined =>
  Object.entries(flags).find(([key, { letter }]) => flagName(key) === word || `-${letter ?? ''}` === word)?.[1]

const takesValue = (flags: Flags, word: string | undefined): boolean =>
  word !== undefined && (flagNamed(flags, word)?.reader.placeholder ?? null) !== null

/** Words without flags and their values. */
const positionals = (words: readonly string[], flags: Flags): readonly string[] =>
  words.filter((word, index) => !word.startsWith('-') && !takesValue(flags, words[index - 1]))

const commandsOf = async (entries: Entries, entry: string): Promise<readonly ClientCommand[] | undefined> => {
  const found = Object.hasOwn(entries, entry) ? entries[entry] : undefined
  return found === undefined ? undefined : scoped(entry, await found.load()).map(({ declared }) => declared)
}

/** What could come next, whatever of it is typed already. */
const possible = async (
  context: Context,
  before: readonly string[],
  unfinished: string,
): Promise<readonly string[]> => {
  const [entry, ...afterEntry] = positionals(before, globalFlags)
  const commands = entry === undefined ? undefined : await commandsOf(context.entries, entry)
  const [only] = commands ?? []
  const standsAlone = only?.name === entry
  const declared = standsAlone ? only : commands?.find(({ name }) => name === afterEntry[0])
  const flags = { ...globalFlags, ...(declared === undefined ? {} : flagsOf(declared)) }

  const last = before.at(-1)
  const awaited = last === undefined ? undefined : flagNamed(flags, last)
  const placeholder = awaited?.reader.placeholder ?? null
  if (awaited !== undefined && placeholder !== null) return valuesOf(placeholder, awaited.description, context)
  if (unfinished.startsWith('-')) return [...Object.keys(flags).map(flagName), '--help']
  if (entry === undefined) return Object.keys(context.entries)
  if (declared === undefined) return afterEntry.length === 0 ? (commands ?? []).map(({ name }) => name) : []
  const given = positionals(before, flags).length - (standsAlone ? 1 : 2)
  const argument = declared.args[given] ?? declared.args.find(({ many }) => many === true)
  return argument === undefined ? [] : valuesOf(argument.name, argument.description, context)
}

/**
 * The words that could come next.
 * @param words - those behind the name of the program, the last one unfinished
 */
export const candidatesFor = async (context: Context, words: readonly string[]): Promise<readonly string[]> => {
  const unfinished = words.at(-1) ?? ''
  const all = await possible(context, words.slice(0, -1), unfinished)
  return all.filter((word) => word.startsWith(unfinished))
}
