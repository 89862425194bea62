/** Profiles: the settings of several clusters in one file. */
import { UsageError } from '../failure.ts'
import { type ConfigFile, isObject } from '../options/file.ts'
import { flagName, variableName } from '../options/flag.ts'
import { fileKeys, refuseUnknownKeys, type Resolved } from '../options/layers.ts'
import { didYouMean } from '../options/nearest.ts'
import { clientFlags } from './settings.ts'

/** The profiles that a file keeps. @throws UsageError where they are no objects */
export const profilesOf = ({ path, content }: ConfigFile): Readonly<Record<string, Record<string, unknown>>> => {
  const { profiles = {} } = content
  if (!isObject(profiles) || !Object.values(profiles).every(isObject))
    throw new UsageError(`"profiles" in ${path} must be an object of objects, { "home": { … } }.`)
  return profiles as Record<string, Record<string, unknown>>
}

/** The settings of one profile. @throws UsageError where there is none of this name */
export const profileNamed = (file: ConfigFile, name: string): Readonly<Record<string, unknown>> => {
  const profiles = profilesOf(file)
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined
  if (found === undefined)
    throw new UsageError(
      `There is no profile ${name} in ${file.path}.${didYouMean(name, Object.keys(profiles))} Make it by retire-cluster config profile add ${name}`,
    )
  return found
}

/** What belongs to one cluster: a key that is kept beside the profiles must not be sent to another one. */
const ofOneCluster: ReadonlySet<string> = new Set([
  'api_url',
  'api_key',
  'pin',
  'ca',
] satisfies (keyof typeof clientFlags)[])

/**
 * The file as it counts: of a profile, address and key are its own alone; its other settings stand before those beside it.
 * @throws UsageError where there is no such profile, or it has a setting that nothing reads
 */
export const withProfile = (file: ConfigFile, name: string | undefined): ConfigFile => {
  const settings = name === undefined ? {} : profileNamed(file, name)
  refuseUnknownKeys({ path: file.path, content: settings }, fileKeys(clientFlags))
  const counts = (key: string) =>
    key !== 'profiles' && key !== 'profile' && (name === undefined || !ofOneCluster.has(key))
  const beside = Object.entries(file.content).filter(([key]) => counts(key))
  return { path: file.path, content: { ...Object.fromEntries(beside), ...settings } }
}

/** Refuses to send the key of a profile to an address that is not its own. @throws UsageError */
export const refuseForeignAddress = (name: string | undefined, { sources }: Resolved<typeof clientFlags>): void => {
  const { api_key, api_url } = sources
  if (name === undefined || api_key !== 'file' || api_url === 'file' || api_url === 'default') return
  const other = api_url === 'flag' ? flagName('api_url') : variableName('api_url')
  throw new UsageError(
    `The key of the profile ${name} is for its own address, and ${other} names another one; leave one of the two out, or give the other key.`,
  )
}
