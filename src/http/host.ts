/**
 * Which host names a listener answers to. A page of a stranger can make a name of its own lead to this machine, and would
 * then be of the same origin as we are (DNS rebinding); no such name is ours, and an address or `localhost` is no name that
 * anybody could lead elsewhere.
 */
import { isIPv4, isIPv6 } from 'node:net'

/** `uri-host [ ":" port ]` (RFC 9110 §7.2); of an IPv6 address what stands in the brackets. */
const HOST = /^(?:\[(?<v6>[^\]]*)\]|(?<name>[^:[\]]+))(?::\d{1,5})?$/

/** Tells whether a listener answers to a `Host` header; to a request without one (HTTP/1.0), it does. */
export type HostCheck = (host: string | undefined) => boolean

/** A final dot says that a name is absolute (RFC 1034 §3.1); it is the same name. */
const canonical = (name: string): string => name.toLowerCase().replace(/\.$/, '')

/**
 * The check of a listener with these names, beside which addresses and `localhost` always pass.
 * @example hostCheck(['nas.lan'])('nas.lan:8081') // true
 */
export const hostCheck = (names: readonly string[]): HostCheck => {
  const known = new Set(['localhost', ...names.map(canonical)])
  return (host) => {
    if (host === undefined) return true
    const { v6, name = '' } = HOST.exec(host)?.groups ?? {}
    return v6 === undefined ? isIPv4(name) || known.has(canonical(name)) : isIPv6(v6)
  }
}
