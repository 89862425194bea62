/** What a node answers to a question of multicast DNS: a pure function of the question and its records. */
import type { Answer, Packet, Question } from 'dns-packet'
import { ALL_SERVICES, isSameName, type NodeNames, type NodeRecords, SERVICE } from '../dns-sd.ts'

/** Answers, and what the asker is likely to ask next (RFC 6763 §12). */
export type Answers = { readonly answers: Answer[]; readonly additionals: Answer[] }

/** Records that somebody who is not of multicast DNS asked for live no longer, seconds (RFC 6762 §6.7). */
const LEGACY_TTL = 10

/** `IN`; or `IN` with the bit that asks for an answer to the asker alone (RFC 6762 §5.4), for which dns-packet has no name. */
const CLASSES: readonly string[] = ['IN', 'ANY', 'UNKNOWN_32769']

const answersTo = (
  { type, name, class: questionClass = 'IN' }: Question,
  { instance, host }: NodeNames,
  records: NodeRecords,
): readonly Answer[] => {
  if (!CLASSES.includes(questionClass)) return []
  // dns-packet calls the type 255 ANY; its types don't know it.
  const asks = (wanted: string, of: string) => isSameName(name, of) && [wanted, 'ANY'].includes(type)
  return [
    ...(asks('PTR', ALL_SERVICES) ? [records.kind] : []),
    ...(asks('PTR', SERVICE) ? [records.pointer] : []),
    ...(asks('SRV', instance) ? [records.service] : []),
    ...(asks('TXT', instance) ? [records.text] : []),
    ...(asks('A', host) ? records.addresses : []),
  ]
}

/** True for a pointer that the asker has, with half of its time to live ahead (RFC 6762 §7.1). */
const isKnown = (record: Answer, known: readonly Answer[]): boolean =>
  record.type === 'PTR' &&
  known.some(
    (one) =>
      one.type === 'PTR' &&
      isSameName(one.name, record.name) &&
      isSameName(one.data, record.data) &&
      (one.ttl ?? 0) >= (record.ttl ?? 0) / 2,
  )

/** All that a node tells of itself, as it does unasked when it comes (RFC 6762 §8.3). */
export const announcement = ({ kind, pointer, service, text, addresses }: NodeRecords): Answers => ({
  answers: [kind, pointer, service, text, ...addresses],
  additionals: [],
})

/** What a node says when it goes (RFC 6762 §10.1). */
export const goodbye = ({ pointer }: NodeRecords): Answers => ({ answers: [{ ...pointer, ttl: 0 }], additionals: [] })

/** The answers of a node to a query; undefined where it has nothing to say. */
export const answersFor = (query: Packet, names: NodeNames, records: NodeRecords): Answers | undefined => {
  const asked = (query.questions ?? []).flatMap((question) => answersTo(question, names, records))
  const answers = [...new Set(asked)].filter((record) => !isKnown(record, query.answers ?? []))
  if (answers.length === 0) return undefined
  const { pointer, service, text, addresses } = records
  const next = answers.includes(pointer) ? [service, text, ...addresses] : answers.includes(service) ? addresses : []
  return { answers, additionals: next.filter((record) => !answers.includes(record)) }
}

/** The same as an answer to somebody who is not of multicast DNS: a short life, and nothing to flush (RFC 6762 §6.7). */
export const asLegacy = ({ answers, additionals }: Answers): Answers => {
  const shorten = (record: Answer): Answer =>
    'ttl' in record ? { ...record, ttl: Math.min(record.ttl ?? LEGACY_TTL, LEGACY_TTL), flush: false } : record
  return { answers: answers.map(shorten), additionals: additionals.map(shorten) }
}
