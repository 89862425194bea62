import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { encode, type Packet } from 'dns-packet'
import t, { type Test } from 'tap'
import { browse } from '../../src/link/client/browse.ts'
import { type HeardNode, MULTICAST, packetIn, question, SERVICE } from '../../src/link/dns-sd.ts'
import type { OwnNetwork } from '../../src/link/own-addresses.ts'
import { advertise, type AdvertiseOptions } from '../../src/link/server/advertise.ts'
import { silent, until } from './link-world.ts'

/** The multicasts of these tests stay on this machine. */
const loopback: OwnNetwork = { address: '127.0.0.1', prefix: 8 }

const fingerprint = 'F'.repeat(43)

/** A UDP port that was free a moment ago: never that of multicast DNS, which others on this machine use. */
const freePort = async (): Promise<number> => {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}

const start = async (t: Test, more: Partial<AdvertiseOptions> = {}) => {
  const multicastPort = await freePort()
  const advertisement = advertise({
    node: { port: 8080, fingerprint },
    bind: '0.0.0.0',
    log: silent,
    networks: () => Promise.resolve([loopback]),
    multicastPort,
    ...more,
  })
  let isClosed = false
  const close = async () => {
    if (isClosed) return
    isClosed = true
    await advertisement.close()
  }
  t.teardown(close)
  await advertisement.ready
  return { multicastPort, close }
}

/** Looks for nodes until one is heard; for a moment only where none is expected. */
const heard = async (
  multicastPort: number,
  { from = loopback, forMs = 30_000 } = {},
): Promise<readonly HeardNode[]> => {
  const nodes: HeardNode[] = []
  const over = new AbortController()
  const onHeard = (node: HeardNode) => {
    nodes.push(node)
    over.abort()
  }
  await browse({ forMs, signal: over.signal, onHeard, networks: () => Promise.resolve([from]), multicastPort })
  return nodes
}

/** Somebody who speaks multicast DNS: from its port, and to everybody. */
const responder = async (t: Test, multicastPort: number) => {
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  t.teardown(() => socket.close())
  const answers: Packet[] = []
  socket.on('message', (bytes: Buffer) => {
    const packet = packetIn(bytes)
    if (packet?.type === 'response') answers.push(packet)
  })
  socket.bind(multicastPort)
  await once(socket, 'listening')
  socket.addMembership(MULTICAST.address, loopback.address)
  socket.setMulticastInterface(loopback.address)
  const say = (bytes: string | Buffer) => socket.send(bytes, multicastPort, MULTICAST.address)
  return { answers, say }
}

void t.test('a device hears the node that is there', async (t) => {
  const { multicastPort, close } = await start(t)
  const nodes = await heard(multicastPort)
  t.match(nodes, [{ port: 8080, fingerprint, addresses: ['127.0.0.1'] }])
  await close()
  t.strictSame(await heard(multicastPort, { forMs: 300 }), [], 'and no longer when it has gone')
})

void t.test('several nodes on one machine are heard apart', async (t) => {
  const { multicastPort } = await start(t)
  await start(t, { multicastPort, node: { port: 9090, fingerprint: undefined } })
  const ports = new Set<number>()
  const over = new AbortController()
  await browse({
    forMs: 30_000,
    signal: over.signal,
    networks: () => Promise.resolve([loopback]),
    multicastPort,
    onHeard: ({ port }) => {
      if (ports.add(port).size === 2) over.abort()
    },
  })
  t.strictSame([...ports].sort(), [8080, 9090])
})

void t.test('only the networks that it listens in, and who is in them, are told', async (t) => {
  const elsewhere = await start(t, { bind: '192.0.2.7' })
  t.strictSame(await heard(elsewhere.multicastPort, { forMs: 300 }), [], 'it listens at another address')
  const narrow = await start(t, { networks: () => Promise.resolve([{ ...loopback, prefix: 32 }]) })
  const outside = { address: '127.0.0.2', prefix: 8 }
  t.strictSame(await heard(narrow.multicastPort, { from: outside, forMs: 300 }), [], 'a stranger asks')
  t.equal((await heard(narrow.multicastPort)).length, 1)
})

void t.test(
  'it announces itself, answers everybody once for many questions, survives what is no DNS, and says goodbye',
  async (t) => {
    const multicastPort = await freePort()
    const { answers, say } = await responder(t, multicastPort)
    const { close } = await start(t, { multicastPort })
    await until('the announcements', () => answers.length === 2)
    for (const noise of ['', 'hello', Buffer.alloc(1000, 0xc0)]) say(noise)
    for (let asked = 0; asked < 20; asked += 1) say(encode(question))
    await until('the answer', () => answers.length === 3)
    t.match(
      answers[2]?.answers?.map(({ type }) => type),
      ['PTR', 'PTR', 'SRV', 'TXT', 'A'],
    )
    await close()
    await until('the goodbye', () => answers.at(-1)?.answers?.length === 1)
    t.match(answers.at(-1)?.answers, [{ type: 'PTR', name: SERVICE, ttl: 0 }])
    t.equal(answers.length, 4, 'twenty questions had one answer')
  },
)

void t.test('a port that cannot be had is said, and the node does its work', async (t) => {
  const multicastPort = await freePort()
  const taken = createSocket('udp4')
  t.teardown(() => taken.close())
  taken.bind(multicastPort)
  await once(taken, 'listening')
  const warnings: string[] = []
  await start(t, { multicastPort, log: { ...silent, warn: (_fields, message) => void warnings.push(message) } })
  t.strictSame(warnings, ['the node is not advertised in its network'])
})
