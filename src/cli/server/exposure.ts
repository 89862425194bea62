/** The loopback rule (CONTRACT.md §4): what is open to everyone is open to this machine only. */
import { UsageError } from '../failure.ts'
import { isLoopback } from '../../link/address.ts'

/**
 * Refuses to serve the API without keys off loopback, unless that is said outright; and keys that nobody would ask for.
 * @throws UsageError
 */
export const refuseExposure = (flags: {
  readonly host: string
  readonly auth: boolean
  readonly insecure: boolean
  /** True where a key was given on the command line. A variable may be meant for the client, in the same shell. */
  readonly keyFlag: boolean
}): void => {
  const { host, auth, insecure, keyFlag } = flags
  if (auth) return
  if (keyFlag)
    throw new UsageError('An API key was given, but nobody would be asked for it; add --auth, or take the key away.')
  if (!isLoopback(host) && !insecure)
    throw new UsageError(
      `--host ${host} opens the API to other machines; add --auth to ask for API keys, or --insecure if everyone who reaches it may command the cluster.`,
    )
}
