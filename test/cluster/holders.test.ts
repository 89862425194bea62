import t from 'tap'
import { closeCodes } from '../../schemas/index.ts'
import { settle } from './fake-clock.ts'
import { createWorld, JOIN_TOKEN, type World } from './world.ts'

const credential = 'C'.repeat(43)
const join = { device_id: 'phone-1', credential }
/** What a worker says that has the credential, and was not there when the node said its session. */
const stranger = { ...join, join_token: null, session: null }

const warnings = async (world: World) =>
  (await world.node.cluster.logs.list({ level: 'warning' })).logs.map(({ message, details }) => ({ message, details }))

/** How a promise ends, once it has. */
const outcomeOf = (promise: Promise<unknown>) => {
  const outcome: { is?: unknown } = {}
  promise.then(
    () => (outcome.is = 'let in'),
    (error: unknown) => (outcome.is = error),
  )
  return outcome
}

void t.test('the same hello again, with its token, is the same device: the answer was lost on the way', async (t) => {
  const world = await createWorld(t)
  const first = await world.connect(join)
  await first.drop()
  const again = await world.connect({ ...join, session: null })
  t.equal(again.id, first.id)
  t.equal((await world.node.cluster.devices.list({})).total, 1)
})

void t.test('an id that is taken is not given to another credential, with whatever token', async (t) => {
  const world = await createWorld(t)
  const first = await world.connect(join)
  for (const join_token of [JOIN_TOKEN, null])
    await t.rejects(world.connect({ ...join, credential: 'D'.repeat(43), join_token }), {
      code: join_token === null ? 'AUTHENTICATION_REQUIRED' : 'PERMISSION_DENIED',
    })
  t.equal(first.closed, undefined)
  await t.rejects(
    world.connect({ ...join, device_id: 'phone-2' }),
    { code: 'PERMISSION_DENIED' },
    'nor another id to it',
  )
})

void t.test('a second holder of a credential is refused and told so, however often it comes', async (t) => {
  const world = await createWorld(t)
  const first = await world.connect(join)
  for (let time = 0; time < 3; time += 1)
    await t.rejects(world.connect({ ...stranger, join_token: time === 0 ? JOIN_TOKEN : null }), {
      code: 'PERMISSION_DENIED',
      details: { device_id: 'phone-1', reason: /copy/ },
    })
  t.equal(first.closed, undefined, 'the first one notices nothing')
  const refused = {
    message: 'a second holder of the credential of phone-1 was refused',
    details: { address: '127.0.0.1', holder_address: '127.0.0.1' },
  }
  t.same(await warnings(world), [refused, refused, refused])
  t.equal((await world.node.cluster.devices.get({ device_id: 'phone-1' })).status, 'online')
})

void t.test('a worker that comes back while its dead connection stands is let in at once', async (t) => {
  const world = await createWorld(t)
  const first = await world.connect(join)
  first.answers = 'never'
  const back = await world.connect({ ...join, join_token: null })
  t.equal(back.id, 'phone-1')
  t.equal(first.closed?.code, closeCodes.replaced)
  t.same(await warnings(world), [])
})

void t.test('a worker that was started anew waits for its dead connection to be found out', async (t) => {
  const world = await createWorld(t)
  const first = await world.connect(join)
  first.answers = 'never'
  const outcome = outcomeOf(world.connect(stranger))
  await world.clock.advance(9999)
  t.equal(outcome.is, undefined, 'the other one has ten seconds to answer')
  await world.clock.advance(1)
  await settle()
  t.equal(outcome.is, 'let in')
  t.equal(first.closed?.code, closeCodes.replaced)
  t.same(await warnings(world), [])
})

void t.test('who has lost the device to another holder does not take it back', async (t) => {
  const world = await createWorld(t)
  const first = await world.connect(join)
  first.answers = 'never'
  const session = world.sessionOf(credential)
  const taking = world.connect(stranger)
  await world.clock.advance(10_000)
  const second = await taking
  await t.rejects(world.connect({ ...stranger, session }), { code: 'PERMISSION_DENIED' })
  t.equal(second.closed, undefined)
})

void t.test('of two that come at once one is let in, and the other asked to try again', async (t) => {
  const world = await createWorld(t)
  await (await world.connect(join)).drop()
  const outcomes = await Promise.allSettled([world.connect(stranger), world.connect(stranger)])
  t.match(outcomes, [{ status: 'fulfilled' }, { status: 'rejected', reason: { code: 'CLUSTER_UNAVAILABLE' } }])
  await t.rejects(world.connect(stranger), { code: 'PERMISSION_DENIED' })
})
