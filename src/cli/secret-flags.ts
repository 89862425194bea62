/** Secrets that were given where everybody can read them. */
import type { Logger } from 'pino'
import { flagName, variableName } from './options/flag.ts'

/** Warns of each secret that stands on the command line, which all users of a machine see, and names its variable. */
export const warnOfSecrets = (
  log: Logger,
  sources: Readonly<Record<string, string>>,
  keys: readonly string[],
): void => {
  for (const key of keys)
    if (sources[key] === 'flag')
      log.warn(
        { flag: flagName(key), variable: variableName(key) },
        'a secret on the command line is seen by all users of this machine; prefer the variable',
      )
}
