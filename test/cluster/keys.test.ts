import { createHash } from 'node:crypto'
import t from 'tap'
import { MOST_KEYS, scopes } from '../../schemas/index.ts'
import { settle } from './fake-clock.ts'
import { createWorld, type World } from './world.ts'

const MINUTE_MS = 60_000

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex')
const all = [...scopes]
const authenticate = ({ node }: World, secret: string) =>
  node.cluster.keys.authenticate({ secret_hash: hashOf(secret) })
const inFuture = ({ clock }: World, ms: number) => new Date(clock.now() + ms).toISOString()

void t.test('a key is known by the hash of its secret, and the store holds nothing else of it', async (t) => {
  const world = await createWorld(t)
  const { keys } = world.node.cluster
  const { key, secret } = await keys.create({ name: 'laptop', scopes: ['read'] })
  t.match(secret, /^rck_[A-Za-z0-9_-]{43}$/, '256 random bits')
  t.strictSame(await authenticate(world, secret), key)
  t.equal(await authenticate(world, `${secret}x`), null)
  t.equal(await authenticate(world, ''), null)
  await settle()
  t.notMatch(JSON.stringify(world.store.commits), secret)
  const { keys: listed } = await keys.list()
  t.strictSame(
    listed.map(({ id, name }) => ({ id, name })),
    [{ id: key.id, name: 'laptop' }],
  )
  t.notMatch(JSON.stringify(listed), hashOf(secret), 'a listing tells no hash either')
  await world.restart()
  t.equal((await authenticate(world, secret))?.id, key.id, 'also after a restart')
})

void t.test('a key that is removed is nobody’s at once, and whoever listens is told', async (t) => {
  const world = await createWorld(t)
  const { keys } = world.node.cluster
  await keys.create({ name: 'admin', scopes: all })
  const { key, secret } = await keys.create({ name: 'laptop', scopes: ['read', 'write'] })
  const removed: (string | null)[] = []
  const stop = keys.onRemoved((key_id) => removed.push(key_id))
  const [answer, known] = await Promise.all([keys.remove({ key_id: key.id }), authenticate(world, secret)])
  t.strictSame(answer, { removed_key: key.id })
  t.equal(known, null, 'a request of the same turn is refused as well')
  t.strictSame(removed, [key.id])
  await world.restart()
  t.equal(await authenticate(world, secret), null, 'also after a restart')
  await t.rejects(world.node.cluster.keys.remove({ key_id: key.id }), {
    code: 'NOT_FOUND',
    details: { path: `/api/v1/keys/${key.id}` },
  })
  stop()
})

void t.test('a removal that the disk has no room for removes nothing, and ends no stream', async (t) => {
  const world = await createWorld(t)
  const { keys } = world.node.cluster
  const { key, secret } = await keys.create({ name: 'laptop', scopes: ['read'] })
  keys.onRemoved(() => t.fail('nothing was removed'))
  world.store.fault = 'full'
  await t.rejects(keys.remove({ key_id: key.id }), { code: 'STORAGE_FULL' })
  world.store.fault = undefined
  t.equal((await authenticate(world, secret))?.id, key.id)
})

void t.test('the last key with the scope admin that holds cannot be removed', async (t) => {
  const world = await createWorld(t)
  const { keys } = world.node.cluster
  const refused = { code: 'PERMISSION_DENIED', details: { reason: /last key with the scope admin/ } }
  const first = await keys.create({ name: 'first', scopes: all })
  const reader = await keys.create({ name: 'reader', scopes: ['read', 'write'] })
  await t.rejects(keys.remove({ key_id: first.key.id }), refused, 'others are no administrators')
  await keys.remove({ key_id: reader.key.id })
  const second = await keys.create({ name: 'guest', scopes: ['admin'], expires_at: inFuture(world, MINUTE_MS) })
  await world.clock.advance(MINUTE_MS)
  await t.rejects(keys.remove({ key_id: first.key.id }), refused, 'one that has expired is none')
  await keys.remove({ key_id: second.key.id })
  const third = await keys.create({ name: 'new', scopes: ['admin'] })
  const removals = [first, third].map(({ key }) => keys.remove({ key_id: key.id }))
  const outcomes = await Promise.allSettled(removals)
  t.strictSame(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected'],
    'nor can two go at once',
  )
})

void t.test('a key that has expired is nobody’s, and stays in the list until it is removed', async (t) => {
  const world = await createWorld(t)
  const { keys } = world.node.cluster
  const expires_at = inFuture(world, MINUTE_MS)
  const { key, secret } = await keys.create({ name: 'guest', scopes: ['read'], expires_at })
  t.equal(key.expires_at, expires_at)
  await world.clock.advance(MINUTE_MS - 1)
  t.ok(await authenticate(world, secret))
  await world.clock.advance(1)
  t.equal(await authenticate(world, secret), null)
  t.equal((await keys.list()).keys.length, 1)
  await keys.remove({ key_id: key.id })
  t.strictSame(await keys.list(), { keys: [] })
  for (const past of [inFuture(world, 0), inFuture(world, -1), '2027-06-30T23:59:60.000Z'])
    await t.rejects(
      keys.create({ name: 'guest', scopes: ['read'], expires_at: past }),
      { code: 'VALIDATION_ERROR', details: { issues: [{ in: 'body', path: '/expires_at' }] } },
      past,
    )
})

void t.test('the use of a key is noted to the minute, one write a minute however busy it is', async (t) => {
  const world = await createWorld(t)
  const { keys } = world.node.cluster
  const { secret } = await keys.create({ name: 'busy', scopes: ['read'] })
  const lastUsed = async () => (await keys.list()).keys[0]?.last_used_at
  const commitsWithKeys = () => world.store.commits.filter((commit) => commit.keys.length > 0).length
  t.equal(await lastUsed(), null)
  const first = new Date(world.clock.now()).toISOString()
  for (let use = 0; use < 50; use += 1) await authenticate(world, secret)
  await settle()
  t.equal(await lastUsed(), first)
  t.equal(commitsWithKeys(), 2, 'its making, and its first use')
  await world.clock.advance(MINUTE_MS - 1)
  await authenticate(world, secret)
  await settle()
  t.equal(commitsWithKeys(), 2)
  await world.clock.advance(1)
  const second = new Date(world.clock.now()).toISOString()
  await authenticate(world, secret)
  await settle()
  t.equal(await lastUsed(), second)
  world.store.fault = 'full'
  await world.clock.advance(MINUTE_MS)
  t.ok(await authenticate(world, secret), 'a disk without room shuts nobody out')
  await settle()
  world.store.fault = undefined
  t.equal(await lastUsed(), second)
})

void t.test('a cluster keeps so many keys and no more', async (t) => {
  const world = await createWorld(t)
  const { keys } = world.node.cluster
  const make = () => keys.create({ name: 'one of many', scopes: ['read'] })
  await Promise.all(Array.from({ length: MOST_KEYS }, make))
  await t.rejects(make(), { code: 'VALIDATION_ERROR', details: { reason: /10000 keys/ } })
})
