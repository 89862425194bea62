/** A worker's connection to one of several nodes, over real sockets. */
import t, { type Test } from 'tap'
import { closeCodes, type HelloResult } from '../../../schemas/link.ts'
import { type ConnectOptions, keepConnected, type NodeEndpoint } from '../../../src/link/client/keep-connected.ts'
import { systemClock } from '../../../src/worker/clock.ts'
import { createWhereabouts, type Nodes } from '../../../src/worker/search/whereabouts.ts'
import { makeCertificate } from '../../link/certificates.ts'
import { fakeGate, hello, silent, startServer, until, welcome } from '../../link/link-world.ts'

const [one, other] = [await makeCertificate(t), await makeCertificate(t)]

/** A node of its own, whose welcome has the list. */
const startNode = async (
  t: Test,
  { nodes, pin = one }: { nodes?: HelloResult['nodes']; pin?: typeof one | null } = {},
) => {
  const gate = fakeGate({ hello: () => Promise.resolve({ ...welcome, ...(nodes && { nodes }) }) })
  const server = await startServer(t, { gate, certificate: pin?.certificate })
  const endpoint: NodeEndpoint = { host: '127.0.0.1', port: server.port, fingerprint: pin?.fingerprint }
  return { gate, server, endpoint, listed: { ...endpoint, fingerprint: endpoint.fingerprint ?? null } }
}

/** A worker that knows these nodes, and goes to them in this order. */
const connect = (t: Test, nodes: Nodes, more: Partial<ConnectOptions> = {}) => {
  const whereabouts = createWhereabouts({
    nodes,
    hasJoined: false,
    search: () => Promise.resolve(undefined),
    share: () => 0.999,
    clock: systemClock,
    log: silent,
  })
  const refusals: Error[] = []
  let told = 0
  const connection = keepConnected({
    node: whereabouts,
    hello: () => Promise.resolve(hello()),
    onWelcome: () => undefined,
    onNodes: () => (told += 1),
    onRefused: (refusal) => refusals.push(refusal),
    handlers: { 'task.run': () => undefined, 'task.cancel': () => undefined, 'config.changed': () => undefined },
    log: silent,
    ...more,
  })
  t.teardown(() => connection.close())
  const at = (node: { endpoint: NodeEndpoint }) =>
    until(`it is at ${node.endpoint.port}`, () => connection.connected() && whereabouts.home() === node.endpoint)
  return { whereabouts, connection, refusals, told: () => told, at }
}

void t.test('a worker whose node stops, vanishes, or is full goes to the next one', async (t) => {
  const nodes = [await startNode(t), await startNode(t), await startNode(t)] as const
  const [first, second, third] = nodes
  const { at } = connect(t, [first.endpoint, second.endpoint, third.endpoint])
  await at(first)
  await first.server.close()
  await at(second)
  second.gate.visits[0]?.link.close(closeCodes.full, 'the node has as many links as it may')
  await at(third)
  await third.server.close()
  await at(second)
  t.equal(second.gate.visits.length, 2, 'past the first, which is gone')
})

void t.test('it comes back to a node that wants a new hello of it', async (t) => {
  const [first, second] = [await startNode(t), await startNode(t)]
  const { at, connection } = connect(t, [first.endpoint, second.endpoint])
  await at(first)
  for (const code of ['approved', 'silent', 'replaced'] as const) {
    const before = first.gate.visits.length
    first.gate.visits.at(-1)?.link.close(closeCodes[code], code)
    await until(`it is back after ${code}`, () => first.gate.visits.length > before)
    await at(first)
  }
  connection.renew()
  await until('it is back by itself', () => first.gate.visits.length === 5)
  t.equal(second.gate.visits.length, 0)
})

void t.test('what its node tells it of others it knows from then on, and goes there', async (t) => {
  const second = await startNode(t, { pin: other })
  const first = await startNode(t, { nodes: [second.listed] })
  const { at, whereabouts, told } = connect(t, [first.endpoint])
  await at(first)
  t.strictSame(whereabouts.all(), [first.endpoint, second.endpoint])
  const third = await startNode(t)
  first.gate.visits[0]?.link.notify('nodes.changed', { nodes: [first.listed, second.listed, third.listed] })
  await until('it is told', () => told() === 1)
  t.strictSame(whereabouts.all(), [first.endpoint, second.endpoint, third.endpoint])
  await first.server.close()
  await until('it is elsewhere', () => second.gate.visits.length + third.gate.visits.length === 1)
})

void t.test('a node of the list that has another key is told nothing, and the next one is gone to', async (t) => {
  const impostor = await startNode(t, { pin: other })
  const last = await startNode(t)
  const asListed = { ...impostor.listed, fingerprint: one.fingerprint }
  const first = await startNode(t, { nodes: [asListed, last.listed] })
  const { at, refusals } = connect(t, [first.endpoint])
  await at(first)
  await first.server.close()
  await until('it is at the last', () => last.gate.visits.length === 1)
  t.equal(impostor.gate.visits.length, 0)
  t.strictSame(refusals, [])
})

void t.test('of several nodes that were named, one with another key is passed by; all of them end it', async (t) => {
  const [impostor, right] = [await startNode(t, { pin: other }), await startNode(t)]
  const expected = { ...impostor.endpoint, fingerprint: one.fingerprint }
  const { at, refusals } = connect(t, [expected, right.endpoint])
  await at(right)
  t.strictSame(refusals, [])
  const second = await startNode(t, { pin: other })
  const misled = connect(t, [expected, { ...second.endpoint, fingerprint: one.fingerprint }])
  await until('it gives up', () => misled.refusals.length === 1)
  t.match(misled.refusals, [{ name: 'WrongKey' }])
  t.equal(impostor.gate.visits.length + second.gate.visits.length, 0)
})
