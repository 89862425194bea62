/** The line that a person pastes on a device to make it join. */
import { inUrl } from '../address.ts'
import { curlPin } from '../fingerprint.ts'
import { type PrintedToken, printToken } from '../token.ts'

/** By what address a node is reached, and how its key is known; without a fingerprint the link is plain. */
export type Door = {
  /** `HOST:PORT`, of nothing but letters, digits and `.:[]-`. */
  readonly node: string
  readonly fingerprint: string | undefined
}

/** The pages of a node, as a URL. */
export const urlOf = ({ node, fingerprint }: Door, path: string): string =>
  `${fingerprint === undefined ? 'http' : 'https'}://${node}${path}`

/**
 * The flags by which curl takes from this node, and from nobody else: names and dates of the certificate do not count (`k`),
 * its key does.
 * @param flags - short flags, without the hyphen
 */
export const curlFlags = (flags: string, { fingerprint }: Door): string =>
  fingerprint === undefined ? `-${flags}` : `-${flags}k --pinnedpubkey ${curlPin(fingerprint)}`

/**
 * The line for a POSIX shell (Linux, Termux, macOS). An IPv6 address gets its brackets. The token does not go into the URL,
 * which servers and proxies write down.
 * @example joinLine({ host: '192.168.1.100', port: 8080, token: { token: 'T', fingerprint: undefined } })
 * // "curl -fsS http://192.168.1.100:8080/join | sh -s -- T"
 */
export const joinLine = ({
  host,
  port,
  token,
}: {
  readonly host: string
  readonly port: number
  readonly token: PrintedToken
}): string => {
  const door = { node: `${inUrl(host)}:${port}`, fingerprint: token.fingerprint }
  return `curl ${curlFlags('fsS', door)} ${urlOf(door, '/join')} | sh -s -- ${printToken(token)}`
}
