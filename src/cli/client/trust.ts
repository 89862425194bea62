/** How the client knows an API that speaks https, from its settings. */
import { readFileSync } from 'node:fs'
import { systemCode, UsageError } from '../failure.ts'
import { flagName, variableName } from '../options/flag.ts'
import type { Resolved } from '../options/layers.ts'
import type { clientFlags } from './settings.ts'
import type { Trust } from './trusting-fetch.ts'

/** Of an API that is not asked. */
export const nothingKnown: Trust = { pin: undefined, ca: undefined }

type Key = 'pin' | 'ca'

/** The settings, and the profile that some of them are of. */
type InForce = { readonly settings: Resolved<typeof clientFlags>; readonly profile: string | undefined }

/** How a setting is left out, by where it comes from. */
const leftOut = (key: Key, { settings: { sources }, profile }: InForce): string => {
  if (sources[key] === 'flag') return `leave out ${flagName(key)}`
  if (sources[key] === 'variable') return `unset ${variableName(key)}`
  return `forget the one that is kept: retire-cluster config unset ${key}${profile === undefined ? '' : ` --profile ${profile}`}`
}

const read = (path: string, session: InForce): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const why = systemCode(error) ?? 'unknown'
    throw new UsageError(`--ca: the file ${path} cannot be read (${why}). Name another, or ${leftOut('ca', session)}`, {
      cause: error,
    })
  }
}

/**
 * Reads what `--pin` and `--ca` name.
 * @throws UsageError where they contradict each other or the address, or the file cannot be read
 */
export const trustOf = (session: InForce): Trust => {
  const { api_url, pin, ca } = session.settings.values
  if (pin !== undefined && ca !== undefined)
    throw new UsageError(
      `--pin knows the API by its key, and --ca by its certificate; keep one of the two: ${leftOut('ca', session)}`,
    )
  const key: Key = pin === undefined ? 'ca' : 'pin'
  if ((pin ?? ca) !== undefined && !api_url.startsWith('https:'))
    throw new UsageError(
      `--pin and --ca are for https, and ${api_url} is plain; name the API by --api-url https://…, or ${leftOut(key, session)}`,
    )
  return { pin, ca: ca === undefined ? undefined : read(ca, session) }
}
