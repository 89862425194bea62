import { type Answer, decode, encode, type Packet } from 'dns-packet'
import t from 'tap'
import {
  ALL_SERVICES,
  type HeardNode,
  heardNodes,
  namesOf,
  packetIn,
  recordsOf,
  SERVICE,
} from '../../src/link/dns-sd.ts'
import { announcement, answersFor, asLegacy, goodbye } from '../../src/link/server/dns-sd-answers.ts'

const fingerprint = `aB-_${'F'.repeat(39)}`
const names = namesOf(fingerprint)
const records = recordsOf({ port: 8080, fingerprint }, names, ['192.168.1.5'])

/** What a node answers to a question, over the wire both ways. */
const asked = (query: Packet) => answersFor(decode(encode({ type: 'query', ...query })), names, records)
const typesOf = (some: readonly Answer[] | undefined) => some?.map(({ type }) => type)

/** What a device reads of an answer, over the wire. */
const read = (answer: Packet, from = '10.0.0.9') => heardNodes(decode(encode({ type: 'response', ...answer })), from)

void t.test('a node tells its port, the fingerprint of its key, its address, and nothing else', (t) => {
  const told = announcement(records)
  t.strictSame(read(told), [
    { name: names.instance.slice(0, -SERVICE.length - 1), port: 8080, fingerprint, addresses: ['192.168.1.5'] },
  ] satisfies HeardNode[])
  const text = recordsOf({ port: 8080, fingerprint }, names, ['192.168.1.5']).text
  t.strictSame(text.data, ['v=1', `fp=${fingerprint}`])
  const plain = recordsOf({ port: 1, fingerprint: undefined }, namesOf(undefined), ['192.168.1.5'])
  t.strictSame(plain.text.data, ['v=1'])
  t.match(read(announcement(plain)), [{ port: 1, fingerprint: undefined }])
  t.end()
})

void t.test(
  'its names come from its key: the same at each start, others for another node, nothing of the machine',
  (t) => {
    t.strictSame(namesOf(fingerprint), names)
    t.match(names.instance, /^Retire-Cluster [0-9a-f]{12}\._retire-cluster\._tcp\.local$/)
    t.match(names.host, /^retire-cluster-[0-9a-f]{12}\.local$/)
    t.notSame(namesOf('G'.repeat(43)), names)
    t.notSame(namesOf(undefined), namesOf(undefined))
    t.end()
  },
)

void t.test('it answers what it is asked, and tells besides what will be asked next', (t) => {
  const browse = asked({ questions: [{ type: 'PTR', name: SERVICE }] })
  t.strictSame(typesOf(browse?.answers), ['PTR'])
  t.strictSame(typesOf(browse?.additionals), ['SRV', 'TXT', 'A'])
  const capitals = asked({ questions: [{ type: 'PTR', name: SERVICE.toUpperCase() }] })
  t.strictSame(capitals, browse)
  t.strictSame(typesOf(asked({ questions: [{ type: 'PTR', name: ALL_SERVICES }] })?.answers), ['PTR'])
  const resolve = asked({ questions: [{ type: 'SRV', name: names.instance }] })
  t.strictSame([typesOf(resolve?.answers), typesOf(resolve?.additionals)], [['SRV'], ['A']])
  t.strictSame(typesOf(asked({ questions: [{ type: 'TXT', name: names.instance }] })?.answers), ['TXT'])
  t.strictSame(typesOf(asked({ questions: [{ type: 'A', name: names.host }] })?.answers), ['A'])
  for (const question of [
    { type: 'PTR', name: '_http._tcp.local' },
    { type: 'SRV', name: namesOf('G'.repeat(43)).instance },
    { type: 'AAAA', name: names.host },
    { type: 'PTR', name: SERVICE, class: 'CH' },
  ] as const)
    t.equal(asked({ questions: [question] }), undefined, JSON.stringify(question))
  t.equal(asked({}), undefined)
  t.end()
})

void t.test('a question for an answer to the asker alone is one as well', (t) => {
  const bytes = encode({ type: 'query', questions: [{ type: 'PTR', name: SERVICE, class: 'IN' }] })
  // The first bit of the class, which is the last but one number of the packet (RFC 6762 §5.4).
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 2) | 0x80, bytes.length - 2)
  t.strictSame(typesOf(answersFor(decode(bytes), names, records)?.answers), ['PTR'])
  t.end()
})

void t.test('who knows the node already is not told again, until half of the time is over', (t) => {
  const knowing = (ttl: number) => ({
    questions: [{ type: 'PTR', name: SERVICE } as const],
    answers: [{ ...records.pointer, ttl }],
  })
  t.equal(asked(knowing(4500)), undefined)
  t.equal(asked(knowing(2250)), undefined)
  t.strictSame(typesOf(asked(knowing(2249))?.answers), ['PTR'])
  const other = { ...records.pointer, data: namesOf('G'.repeat(43)).instance }
  t.strictSame(typesOf(asked({ ...knowing(4500), answers: [other] })?.answers), ['PTR'])
  t.end()
})

void t.test('who is not of multicast DNS gets records that live for seconds, and flush nothing', (t) => {
  const { answers, additionals } = asLegacy(announcement(records))
  for (const record of [...answers, ...additionals]) t.match(record, { ttl: 10, flush: false })
  t.equal(answers.length, 5)
  t.end()
})

void t.test('a device reads what it needs, and is not led astray by the rest', (t) => {
  const { pointer, service, text, addresses } = records
  t.strictSame(read(goodbye(records)), [], 'a node that goes is not there')
  t.strictSame(read({ answers: [pointer, text] }), [], 'nobody knows its port')
  t.strictSame(read({ answers: [service, text, ...addresses] }), [], 'nobody said that it is a node')
  t.match(read({ answers: [pointer], additionals: [service, text] }), [{ addresses: ['10.0.0.9'], fingerprint }])
  const forged = { ...text, data: [`fp=${'x'.repeat(44)}`, 'fp=', 'v=1'] }
  t.match(read({ answers: [pointer, service, forged] }), [{ fingerprint: undefined }])
  const hostile = `\u001b[2J\u0007evil.${SERVICE}`
  const named = [
    { ...pointer, data: hostile },
    { ...service, name: hostile },
  ]
  t.strictSame(
    read({ answers: named }).map(({ name }) => name),
    ['?[2J?evil'],
    'what is shown in a terminal cannot command it',
  )
  const many = Array.from({ length: 100 }, (_, index) => ({ ...pointer, data: `${index}.${SERVICE}` }))
  const services = many.map(({ data }) => ({ ...service, name: data }))
  const manyAddresses = Array.from({ length: 100 }, (_, index) => ({ ...addresses[0], data: `10.0.0.${index}` }))
  const flood = read({ answers: [...many, ...services, ...(manyAddresses as Answer[])] })
  t.equal(flood.length, 32)
  t.equal(flood[0]?.addresses.length, 32)
  for (const bytes of ['', 'hello', '\0'.repeat(11), `\0\0\u0080\0\0\u0001${'\xc0'.repeat(20)}`])
    t.equal(packetIn(Buffer.from(bytes, 'latin1')), undefined, JSON.stringify(bytes))
  t.end()
})
