/** Which addresses a task may speak to: only those of the public internet, unless the owner of the device allows `lan`. */
import ipaddr from 'ipaddr.js'
import { AddressRefused, BadRequest } from './refusals.ts'

/**
 * Where an address leads.
 * - `public`: to the internet.
 * - `lan`: to the device itself, or into a network around it.
 * - `none`: to no single server (multicast, documentation, 0.0.0.0, …).
 */
export type Reach = 'public' | 'lan' | 'none'

type Address = ReturnType<typeof ipaddr.parse>

/** Ranges of the device and of the networks around it, as ipaddr.js names those of the IANA special-purpose registries (RFC 6890). */
const LAN_RANGES: readonly string[] = [
  'loopback',
  'linkLocal',
  'private',
  'carrierGradeNat',
  'uniqueLocal',
  'deprecatedSiteLocal',
]

/** IPv6 ranges that stand for an IPv4 address, and the byte at which that begins: RFC 4291 §2.5.5.2, 7915, 6052 and 3056. */
const EMBEDDING: Readonly<Record<string, number>> = { ipv4Mapped: 12, rfc6145: 12, rfc6052: 12, '6to4': 2 }

/** Prefixes of the translators of a network of one's own (RFC 8215): what is behind them, nobody else can know. */
const LOCAL_TRANSLATION = ipaddr.parseCIDR('64:ff9b:1::/48')
/** All that IANA has given out as global unicast (RFC 4291 §2.4). */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3')

const isIn = (address: Address, network: ReturnType<typeof ipaddr.parseCIDR>): boolean =>
  address.kind() === network[0].kind() && address.match(network)

const reach = (address: Address): Reach => {
  const range: string = address.range()
  if (LAN_RANGES.includes(range) || isIn(address, LOCAL_TRANSLATION)) return 'lan'
  const embeddedAt = EMBEDDING[range]
  if (embeddedAt !== undefined) {
    return reach(ipaddr.fromByteArray(address.toByteArray().slice(embeddedAt, embeddedAt + 4)))
  }
  return range === 'unicast' && (address.kind() === 'ipv4' || isIn(address, GLOBAL_UNICAST)) ? 'public' : 'none'
}

/**
 * Where an address leads.
 * @param address - IPv4 in four decimal parts, or IPv6
 * @param ownNetworks - networks that the device is in, as CIDR: in IPv6 they have public addresses, and so has the device
 */
export const reachOf = (address: string, ownNetworks: readonly string[]): Reach => {
  const parsed = ipaddr.parse(address)
  const reached = reach(parsed)
  if (reached !== 'public') return reached
  return ownNetworks.some((network) => isIn(parsed, ipaddr.parseCIDR(network))) ? 'lan' : 'public'
}

/** The rule of a device: it throws {@link AddressRefused} or {@link BadRequest} for an address that tasks may not speak to. */
export type AddressRule = (address: string, host: string) => void

/** Makes the rule from the owner's permissions and the networks that the device is in now. */
export const addressRule =
  (allow: readonly string[], ownNetworks: readonly string[]): AddressRule =>
  (address, host) => {
    const reached = reachOf(address, ownNetworks)
    if (reached === 'none') throw new BadRequest(`${host} does not lead to a server.`)
    // The address is not told: what names mean in the network of a device is nobody's business outside.
    if (reached === 'lan' && !allow.includes('lan')) {
      throw new AddressRefused(
        `${host} leads to this device or the network around it, which its owner does not allow (--allow http_request,lan).`,
      )
    }
  }
