/** The words that could come next on an unfinished command line. */
import { type Flag, flagName, type Flags } from '../options/flag.ts'
import type { Api } from './api.ts'
import { type ClientCommand, type Context, type Entries, flagsOf, scoped } from './command.ts'
import { profilesOf } from './profiles.ts'
import { apiOf, type Given, keptSettings, sessionOf } from './session.ts'
import { globalFlags } from './settings.ts'

/**
 * Who presses the tab key does not wait longer than this, in milliseconds: on a busy machine an answer was seen to take more than
 * one and a half seconds. A host that is down says so at once; only one that says nothing is waited for.
 */
const PATIENCE_MS = 4000
/** More than this no screen shows. */
const MOST_IDS = 200

type Ids = (api: Api) => Promise<readonly string[]>
const call = () => ({ timeoutMs: PATIENCE_MS })

const taskTypes: Ids = async (api) =>
  (await api.call('listTaskTypes', { call: call() })).task_types.map(({ task_type }) => task_type)

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
  TASK_TYPE: taskTypes,
  TYPE: taskTypes,
  JOIN_ID: async (api) => (await api.call('listJoinTokens', { call: call() })).join_tokens.map(({ id }) => id),
  KEY_ID: async (api) => (await api.call('listKeys', { call: call() })).keys.map(({ id }) => id),
}

/** What names a value: the placeholder of a flag, or an argument. */
type Place = { readonly name: string; readonly choices?: readonly string[] | undefined }

/** What can stand there. Profiles are in the file, ids are the API's to know, by the settings that the line itself names. */
const valuesOf = async (
  { name, choices }: Place,
  given: Given,
  { environment }: Context,
): Promise<readonly string[]> => {
  if (choices !== undefined) return choices
  if (name === 'PROFILE') return Object.keys(profilesOf(keptSettings(given, environment)))
  const ids = idsOf[name]
  try {
    return ids === undefined ? [] : await ids(apiOf(sessionOf(given, environment)))
  } catch {
    // A failure must not be written into the line that is being typed; there are no words then.
    return []
  }
}

const keyNamed = (flags: Flags, word: string): string | undefined =>
  Object.entries(flags).find(
    ([key, { letter }]) => flagName(key) === word || (letter !== undefined && `-${letter}` === word),
  )?.[0]

const flagNamed = (flags: Flags, word: string | undefined): Flag<unknown> | undefined => {
  const key = word === undefined ? undefined : keyNamed(flags, word)
  return key === undefined ? undefined : flags[key]
}

/** The flag that stands before its value. */
const awaitedBy = (flags: Flags, word: string | undefined): Flag<unknown> | undefined => {
  const found = flagNamed(flags, word)
  return (found?.reader.placeholder ?? null) === null ? undefined : found
}

/** The placeholder of a closed choice lists its values. */
const placeOf = ({ reader: { placeholder } }: Flag<unknown>): Place => {
  const name = placeholder ?? ''
  return { name, choices: name.includes('|') ? name.split('|') : undefined }
}

/** `--flag=value`, apart. */
const assignment = (word: string): readonly [string, string] | undefined => {
  const equals = word.indexOf('=')
  return word.startsWith('--') && equals > 0 ? [word.slice(0, equals), word.slice(equals + 1)] : undefined
}

/** What a line says of the settings. */
const givenBy = (words: readonly string[]): Given => {
  const given: Record<string, string[]> = {}
  for (const [index, word] of words.entries()) {
    const [name, value] = assignment(word) ?? [word, words[index + 1]]
    const key = keyNamed(globalFlags, name)
    if (key !== undefined && value !== undefined && awaitedBy(globalFlags, name) !== undefined)
      (given[key] ??= []).push(value)
  }
  return given
}

/** Words without flags and their values. `-` is an operand: the standard input (POSIX, utility syntax guideline 13). */
const positionals = (words: readonly string[], flags: Flags): readonly string[] =>
  words.filter(
    (word, index) => (word === '-' || !word.startsWith('-')) && awaitedBy(flags, words[index - 1]) === undefined,
  )

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
  const flags: Flags = { ...globalFlags, ...(declared === undefined ? {} : flagsOf(declared)) }
  const values = (place: Place) => valuesOf(place, givenBy(before), context)

  const awaited = awaitedBy(flags, before.at(-1))
  if (awaited !== undefined) return values(placeOf(awaited))
  const [name] = assignment(unfinished) ?? []
  const assigned = awaitedBy(flags, name)
  if (name !== undefined && assigned !== undefined)
    return (await values(placeOf(assigned))).map((value) => `${name}=${value}`)
  if (unfinished.startsWith('-') && !before.includes('--')) return [...Object.keys(flags).map(flagName), '--help']
  if (entry === undefined) return Object.keys(context.entries)
  if (declared === undefined) return afterEntry.length === 0 ? (commands ?? []).map(({ name }) => name) : []
  const taken = positionals(before, flags).length - (standsAlone ? 1 : 2)
  const argument = declared.args[taken] ?? declared.args.find(({ many }) => many === true)
  return argument === undefined ? [] : values(argument)
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
