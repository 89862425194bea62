/**
 * How a node is told in its network: the records of DNS-SD (RFC 6763) that a node answers with by multicast DNS (RFC 6762), and
 * what a device reads of them. Nothing of it is secret, and nothing of it is believed: the key that a node shows decides.
 */
import { createHash, randomBytes } from 'node:crypto'
import {
  type Answer,
  decode,
  type DecodedPacket,
  type Packet,
  type SrvAnswer,
  type StringAnswer,
  type TxtAnswer,
} from 'dns-packet'
import { isIPv4 } from 'node:net'

/** The kind of service. */
export const SERVICE = '_retire-cluster._tcp.local'

/** The name under which all kinds of service are listed (RFC 6763 §9). */
export const ALL_SERVICES = '_services._dns-sd._udp.local'

/** Where multicast DNS is spoken (RFC 6762 §3). */
export const MULTICAST = { address: '224.0.0.251', port: 5353 } as const

/** The version of these records. */
const RECORDS_VERSION = '1'

/** Seconds for which records hold: those that name a host, and the others (RFC 6762 §10). */
const TTL = { host: 120, other: 4500 } as const

/** A node as it tells of itself: the port of its devices, and the fingerprint of its key where that port speaks TLS. */
export type ToldNode = { readonly port: number; readonly fingerprint: string | undefined }

/** A node that was heard of. */
export type HeardNode = ToldNode & {
  /** Such as `Retire-Cluster 1a2b3c4d5e6f`; the same of a node at all its addresses. */
  readonly name: string
  readonly addresses: readonly string[]
}

/** The names of one node. */
export type NodeNames = {
  /** Of its service: `Retire-Cluster ID._retire-cluster._tcp.local`. */
  readonly instance: string
  /** Of its host: `retire-cluster-ID.local`. */
  readonly host: string
}

/**
 * Names that no other node has, as they come from its key (or from chance, where it has none): there is nothing to probe for
 * (RFC 6762 §8.1), and they tell nothing of the machine.
 */
export const namesOf = (fingerprint: string | undefined): NodeNames => {
  const id =
    fingerprint === undefined
      ? randomBytes(6).toString('hex')
      : createHash('sha256').update(fingerprint).digest('hex').slice(0, 12)
  return { instance: `Retire-Cluster ${id}.${SERVICE}`, host: `retire-cluster-${id}.local` }
}

/** The records of a node at some of its addresses. */
export type NodeRecords = {
  readonly kind: StringAnswer
  readonly pointer: StringAnswer
  readonly service: SrvAnswer
  readonly text: TxtAnswer
  readonly addresses: readonly StringAnswer[]
}

/** Makes the records. `flush`: only this node has records of that name and type (RFC 6762 §10.2). */
export const recordsOf = (
  { port, fingerprint }: ToldNode,
  { instance, host }: NodeNames,
  addresses: readonly string[],
): NodeRecords => ({
  kind: { type: 'PTR', name: ALL_SERVICES, ttl: TTL.other, data: SERVICE },
  pointer: { type: 'PTR', name: SERVICE, ttl: TTL.other, data: instance },
  service: { type: 'SRV', name: instance, ttl: TTL.host, flush: true, data: { port, target: host } },
  text: {
    type: 'TXT',
    name: instance,
    ttl: TTL.other,
    flush: true,
    data: [`v=${RECORDS_VERSION}`, ...(fingerprint === undefined ? [] : [`fp=${fingerprint}`])],
  },
  addresses: addresses.map((address) => ({ type: 'A', name: host, ttl: TTL.host, flush: true, data: address })),
})

/** The question of a device: which nodes are there? */
export const question: Packet = { type: 'query', questions: [{ type: 'PTR', name: SERVICE, class: 'IN' }] }

/** The packet that some bytes are; undefined where they are none. */
export const packetIn = (bytes: Buffer): DecodedPacket | undefined => {
  try {
    return decode(bytes)
  } catch {
    // Whatever was sent here, it was no DNS.
    return undefined
  }
}

/** Names of DNS are the same in capitals (RFC 6762 §16). */
export const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

/** Of an answer no more is read: no node has so many addresses, and no network so many nodes. */
const MOST = 32

/** Strangers choose names, and people read them in a terminal. */
const printable = (name: string): string => name.replace(/[^\x20-\x7e]/g, '?').slice(0, 63)

const FINGERPRINT = /^fp=(?<fingerprint>[A-Za-z0-9_-]{43})$/

const fingerprintIn = ({ data }: TxtAnswer): string | undefined =>
  [data]
    .flat()
    .map((text) => FINGERPRINT.exec(text.toString())?.groups?.fingerprint)
    .find((fingerprint) => fingerprint !== undefined)

const isOf = <T extends Answer>(record: Answer, type: T['type'], name: string): record is T =>
  record.type === type && isSameName(record.name, name)

/**
 * The nodes that an answer tells of.
 * @param from - who answered: where a node is that names no address
 */
export const heardNodes = ({ answers = [], additionals = [] }: Packet, from: string): readonly HeardNode[] => {
  const records = [...answers, ...additionals]
  return records
    .filter((record): record is StringAnswer => isOf<StringAnswer>(record, 'PTR', SERVICE) && record.ttl !== 0)
    .slice(0, MOST)
    .flatMap(({ data: instance }) => {
      const service = records.find((record) => isOf<SrvAnswer>(record, 'SRV', instance))
      if (service === undefined) return []
      const { port, target } = service.data
      const text = records.find((record) => isOf<TxtAnswer>(record, 'TXT', instance))
      const named = records
        .filter((record) => isOf<StringAnswer>(record, 'A', target))
        .map(({ data }) => data)
        .filter(isIPv4)
      return {
        name: printable(instance.slice(0, -SERVICE.length - 1)),
        port,
        fingerprint: text && fingerprintIn(text),
        addresses: named.length === 0 ? [from] : named.slice(0, MOST),
      }
    })
}
