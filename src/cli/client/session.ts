/** What a command line works with: the settings in force, and the API that they lead to. */
import { namedFile } from '../options/command-line.ts'
import { type ConfigFile, noFile } from '../options/file.ts'
import type { Environment } from '../options/flag.ts'
import { type Resolved, resolveFlags } from '../options/layers.ts'
import { type Api, connectTo } from './api.ts'
import { readIfThere } from './config-file.ts'
import { refuseForeignAddress, withProfile } from './profiles.ts'
import { clientFlags, defaultFile, profileFlag } from './settings.ts'
import { nothingKnown, trustOf } from './trust.ts'
import { trustingFetch } from './trusting-fetch.ts'

/** The occurrences of the global flags on a command line, by key. */
export type Given = Readonly<Record<string, readonly string[]>>

/** The settings in force. */
export type Session = {
  /** The profile in use; undefined where there is none. */
  readonly profile: string | undefined
  /** The file that keeps settings, as it counts for this profile. */
  readonly file: ConfigFile
  readonly settings: Resolved<typeof clientFlags>
}

/** The file that keeps settings, whole: the one that is named, or that of the user. */
export const keptSettings = (given: Given, environment: Environment): ConfigFile => {
  const named = namedFile(given, environment, readIfThere)
  return named === noFile ? readIfThere(defaultFile(environment)) : named
}

/**
 * The settings that a command line, the variables and the file give.
 * @param profiles - `kept` for a command that works whatever profile is in use: the settings of none count then
 * @throws UsageError for what is bad in one of them
 */
export const sessionOf = (given: Given, environment: Environment, profiles: 'used' | 'kept' = 'used'): Session => {
  const kept = keptSettings(given, environment)
  const { profile } = resolveFlags(profileFlag, { given, environment, file: kept }).values
  const file = withProfile(kept, profiles === 'used' ? profile : undefined)
  return { profile, file, settings: resolveFlags(clientFlags, { given, environment, file }) }
}

/** The API that the settings lead to. @throws UsageError where they contradict each other, or would send a key elsewhere */
export const apiOf = (session: Session): Api => {
  const { profile, settings } = session
  refuseForeignAddress(profile, settings)
  const { api_url: url, api_key: key } = settings.values
  return connectTo({ url, key, fetch: trustingFetch(trustOf(session)) })
}

/** The API of a command that asks none: whatever the settings say of one, it works. */
export const unaskedApi = ({ settings }: Session): Api =>
  connectTo({ url: settings.values.api_url, key: undefined, fetch: trustingFetch(nothingKnown) })
