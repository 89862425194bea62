/** Who else is in the networks of this device, as far as the system tells: where its node may be when multicast does not find it. */
import { createSocket } from 'node:dgram'
import ipaddr from 'ipaddr.js'
import { isWithin, type OwnNetwork, ownNetworks } from '../../link/own-addresses.ts'
import { type Machine, readText, thisMachine } from '../machine.ts'

/** So many are asked at the most. */
export const MOST_NEIGHBOURS = 256

/** Of a network, no more is looked at than this part of it around the own address. */
const WIDEST_PREFIX = 24

/** RFC 863: what arrives on this port is thrown away. */
const DISCARD_PORT = 9

/** Milliseconds in which a neighbour that is there has told its hardware address. */
const ROUSE_MS = 1000

/** What is asked about the neighbours; tests answer it. */
export type Neighbourhood = {
  networks(): Promise<readonly OwnNetwork[]>
  /** Makes the system look who of these is there. */
  rouse(addresses: readonly string[]): Promise<void>
  readonly machine: Pick<Machine, 'procRoot' | 'platform' | 'ask'>
}

/** An address of the table with that of its hardware: whoever has none did not answer. */
const ENTRY = /(?<address>(?:\d{1,3}\.){3}\d{1,3})\D.*?(?<hardware>(?:[0-9a-f]{1,2}[:-]){5}[0-9a-f]{1,2})/i

const NOBODY = /^0{1,2}([:-]0{1,2}){5}$/

/** The addresses in a table as Linux (`/proc/net/arp`), iproute2 (`ip neigh`), macOS and Windows (`arp`) write it. */
export const addressesIn = (table: string): readonly string[] =>
  table.split('\n').flatMap((line) => {
    const { address, hardware = '' } = ENTRY.exec(line)?.groups ?? {}
    return address === undefined || NOBODY.test(hardware) ? [] : [address]
  })

/** The table of the system; null where it is kept from us (Android 10 and newer). */
const readTable = async ({ machine }: Neighbourhood): Promise<string | null> => {
  if (machine.platform === 'darwin') return machine.ask('arp', ['-an'])
  if (machine.platform === 'win32') return machine.ask('arp', ['-a'])
  return (await readText(machine.procRoot, 'net', 'arp')) ?? machine.ask('ip', ['neigh'])
}

/** Networks of one's own (RFC 1918), and those of machines that nobody gave an address (RFC 3927): nobody else is asked anything. */
const isPrivate = (address: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(address) && ['private', 'linkLocal'].includes(ipaddr.IPv4.parse(address).range())

/** All addresses of a network, or of the part of it around the own one, but the first and the last. */
const addressesOf = ({ address, prefix }: OwnNetwork): readonly string[] => {
  const size = 2 ** (32 - Math.max(prefix, WIDEST_PREFIX))
  const own = ipaddr.IPv4.parse(address).toByteArray()
  const last = own[3] ?? 0
  const first = last - (last % size)
  return Array.from({ length: Math.max(size - 2, 0) }, (_, index) => [...own.slice(0, 3), first + index + 1].join('.'))
}

const rouse = async (addresses: readonly string[]): Promise<void> => {
  const socket = createSocket('udp4')
  try {
    // To send anything at all, the system has to ask for the hardware address first (RFC 826). What is sent is empty.
    await Promise.all(
      addresses.map((address) => new Promise((resolve) => socket.send('', DISCARD_PORT, address, resolve))),
    )
    await new Promise((resolve) => setTimeout(resolve, ROUSE_MS))
  } finally {
    socket.close()
  }
}

/** The neighbourhood of this machine. */
export const systemNeighbourhood: Neighbourhood = { networks: ownNetworks, rouse, machine: thisMachine }

/**
 * The private addresses in the networks of this device at which somebody is, at most {@link MOST_NEIGHBOURS}. Where the system does
 * not tell its table, they are those at which somebody could be.
 * @param near - where the node was: the network of that address goes first
 */
export const findNeighbours = async (
  near: string,
  neighbourhood: Neighbourhood = systemNeighbourhood,
): Promise<readonly string[]> => {
  const all = (await neighbourhood.networks()).filter(({ address }) => isPrivate(address))
  const networks = [
    ...all.filter((network) => isWithin(network, near)),
    ...all.filter((network) => !isWithin(network, near)),
  ]
  const isOwn = (address: string) => all.some((network) => network.address === address)
  const others = (addresses: readonly string[]) =>
    [...new Set(addresses)].filter((address) => !isOwn(address)).slice(0, MOST_NEIGHBOURS)
  const possible = others(networks.flatMap(addressesOf))
  if (possible.length === 0) return []
  await neighbourhood.rouse(possible)
  const table = await readTable(neighbourhood)
  if (table === null) return possible
  return others(
    addressesIn(table).filter(
      (address) => isPrivate(address) && networks.some((network) => isWithin(network, address)),
    ),
  )
}
