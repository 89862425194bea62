/** The line that a person pastes on a device to make it join. */
import type { ClusterNode } from '../../../schemas/cluster-node.ts'
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

/** So many nodes stand in a line, each of 300 characters at the most: a terminal takes 4095 (termios(3)). A node tells the others. */
const MOST_LISTED = 8

/**
 * Several nodes of a cluster as `--join` takes them, for a shell; undefined where there is one alone.
 * @param fingerprint - the key in the token, which need not be said again
 */
export const joinList = (nodes: readonly ClusterNode[], fingerprint: string | undefined): string | undefined => {
  if (nodes.length < 2) return undefined
  const named = nodes.slice(0, MOST_LISTED).map((node) => {
    const isNamedByToken = node.fingerprint === null || node.fingerprint === fingerprint
    return `${inUrl(node.host)}:${node.port}${isNamedByToken ? '' : `#${node.fingerprint}`}`
  })
  // Some shells read a sign of their own in #.
  return `'${named.join()}'`
}

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
  nodes = [],
}: {
  readonly host: string
  readonly port: number
  readonly token: PrintedToken
  /** The nodes of the cluster; where there are several, the device knows them all from the start. */
  readonly nodes?: readonly ClusterNode[]
}): string => {
  const door = { node: `${inUrl(host)}:${port}`, fingerprint: token.fingerprint }
  const list = joinList(nodes, token.fingerprint)
  const line = `curl ${curlFlags('fsS', door)} ${urlOf(door, '/join')} | sh -s -- ${printToken(token)}`
  return list === undefined ? line : `${line} --join ${list}`
}
