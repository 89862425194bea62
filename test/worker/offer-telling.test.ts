import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Offer } from '../../schemas/device-profile.ts'
import { fixedAt } from '../../src/link/client/keep-connected.ts'
import { createOfferTelling } from '../../src/worker/offer-telling.ts'
import { agentWorld } from './agent-world.ts'
import { playedNode, welcome } from './played-node.ts'
import { keptLog, temporaryDirectory } from './world.ts'

const offering = (...names: string[]): Offer => ({
  slots: 1,
  task_types: ['echo'],
  allow: [],
  custom_types: names.map((task_type) => ({ task_type, description: '', payload_schema: {} })),
})

/** A telling whose node the test plays, with an offer that the test changes. */
const world = () => {
  const node = playedNode()
  const log = keptLog()
  const handlers = { 'task.run': () => undefined, 'task.cancel': () => undefined, 'config.changed': () => undefined }
  let now = offering('one')
  const telling = createOfferTelling({ offer: () => now, connection: () => connection, log })
  const connection = node.connect({
    node: fixedAt({ host: '', port: 1, fingerprint: undefined }),
    hello: () => Promise.reject(new Error('it is not said')),
    onWelcome: () => undefined,
    onRefused: () => undefined,
    handlers,
    log,
  })
  return { node, log, telling, change: (offer: Offer) => (now = offer) }
}

void t.test('an offer is told where it has changed since it was told last', async (t) => {
  const { node, telling, change } = world()
  await telling.update()
  t.strictSame(telling.forHello(), offering('one'))
  change(offering('two'))
  await telling.update()
  t.strictSame(node.offers, [], 'there is no connection')
  node.welcomes(welcome())
  await telling.update()
  await telling.update()
  t.strictSame(node.offers, [offering('two')], 'it has changed after the hello was said')
  change(offering('one'))
  await telling.update()
  t.strictSame(node.offers, [offering('two'), offering('one')])
})

void t.test('a node that does not know of changed offers hears a new hello', async (t) => {
  const { node, log, telling, change } = world()
  node.isOlderThanOffers()
  node.welcomes(welcome())
  telling.forHello()
  await telling.update()
  t.equal(node.renewed(), 0)
  change(offering())
  await telling.update()
  t.equal(node.renewed(), 1)
  t.strictSame(log.lines, [])
})

void t.test('the types of a file are offered with the hello, and run only while they are', async (t) => {
  const path = join(temporaryDirectory(t), 'my-tasks.mjs')
  writeFileSync(path, `export default { mine: { schema: { type: 'object' }, description: 'Mine.', run: () => 1 } }`)
  const { node } = await agentWorld(t, { tasks: path })
  t.match((await node.hello()).offer, {
    task_types: ['echo', 'sleep', 'system_info'],
    custom_types: [{ task_type: 'mine', description: 'Mine.', payload_schema: { type: 'object' } }],
  })
  const bare = await agentWorld(t)
  t.strictSame((await bare.node.hello()).offer.custom_types, [])
})
