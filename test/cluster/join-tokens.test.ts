import t from 'tap'
import { MOST_JOIN_TOKENS } from '../../schemas/index.ts'
import { createWorld, helloOf, JOIN_TOKEN, LOCAL_TOKEN, type World } from './world.ts'

const REFUSED = 'AUTHENTICATION_REQUIRED'

const usesOf = async ({ node }: World) => (await node.cluster.joinTokens.list()).join_tokens.map(({ uses }) => uses)

void t.test('a join token is known by the hash of its secret, and told once, with the line to paste', async (t) => {
  const world = await createWorld(t)
  const { joinTokens } = world.node.cluster
  const { join_token, secret, command, join_url } = await joinTokens.create({})
  t.match(secret, /^rcj_[A-Za-z0-9_-]{43}$/, '256 random bits')
  t.equal(command, `join ${secret}`)
  t.match(join_url, `#${secret}`)
  t.match(join_token, { tags: [], role: null, auto_approve: false, max_uses: null, uses: 0 })
  t.equal(Date.parse(join_token.expires_at ?? '') - Date.parse(join_token.created_at), 86_400_000, 'it lasts a day')
  t.strictSame(await joinTokens.list(), { join_tokens: [join_token] })
  t.notMatch(JSON.stringify(world.store.commits), secret)
  await world.restart()
  t.ok(await world.connect({ join_token: secret }), 'also after a restart')
})

void t.test('a device gets the tags and the role of its token, and keeps them when it comes back', async (t) => {
  const world = await createWorld(t)
  const { cluster } = world.node
  const { secret } = await cluster.joinTokens.create({ tags: ['lab', 'shelf'], role: 'storage' })
  const hello = { device_id: 'phone', role: 'compute', tags: ['shelf', 'cracked'], join_token: secret }
  const { credential, ...device } = await world.connect(hello)
  const expected = { role: 'storage', tags: ['shelf', 'cracked', 'lab'] }
  t.match(await cluster.devices.get({ device_id: 'phone' }), expected)
  await device.drop()
  await world.connect({ ...hello, credential, join_token: null })
  t.match(await cluster.devices.get({ device_id: 'phone' }), expected)
  const { logs } = await cluster.logs.list({ device_id: 'phone' })
  t.match(logs.at(-1), { message: 'device phone has joined', details: { join_token: /^join-/ } })
})

void t.test('what a worker names itself follows its flags; what its token or its owner gave stays', async (t) => {
  const world = await createWorld(t)
  const { cluster } = world.node
  const { secret } = await cluster.joinTokens.create({ tags: ['lab'], role: 'storage' })
  const phone = await world.connect({ device_id: 'phone', role: 'compute', tags: ['cracked'], join_token: secret })
  const pi = await world.connect({ device_id: 'pi', role: 'compute', tags: ['shelf'] })
  await cluster.devices.update({ device_id: 'pi', patch: { tags: ['shelf', 'kitchen'] } })
  const again = async ({ id, credential, drop }: typeof pi, flags: { role: string; tags: string[] }) => {
    await drop()
    await world.connect({ device_id: id, credential, join_token: null, ...flags })
    const { role, tags } = await cluster.devices.get({ device_id: id })
    return { role, tags }
  }
  t.same(await again(phone, { role: 'mobile', tags: ['mended'] }), { role: 'storage', tags: ['mended', 'lab'] })
  t.same(await again(pi, { role: 'mobile', tags: ['desk'] }), { role: 'mobile', tags: ['desk', 'kitchen'] })
})

void t.test('a token lets in as many as it says, each counted once', async (t) => {
  const world = await createWorld(t)
  const { secret } = await world.node.cluster.joinTokens.create({ max_uses: 2 })
  const hello = { ...helloOf(), device_id: 'one', join_token: secret }
  await (await world.connect(hello)).drop()
  await (await world.connect(hello)).drop()
  t.strictSame(await usesOf(world), [1], 'a hello that is said again is the same device')
  await t.rejects(world.connect({ device_id: 'one', join_token: secret }), { code: 'PERMISSION_DENIED' })
  t.strictSame(await usesOf(world), [1], 'who is refused has not used it')
  world.store.fault = 'full'
  await t.rejects(world.connect({ join_token: secret }), { code: 'STORAGE_FULL' })
  world.store.fault = undefined
  t.strictSame(await usesOf(world), [1], 'nor who could not be kept')
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => world.connect({ join_token: secret })))
  t.strictSame(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected'],
    'of those that come at once no more than are left',
  )
  await t.rejects(world.connect({ join_token: secret }), { code: REFUSED, details: { reason: /used up/ } })
  t.strictSame(await usesOf(world), [2])
})

void t.test('a token that has expired, or was removed, lets in nobody; who joined with it stays', async (t) => {
  const world = await createWorld(t)
  const { joinTokens, devices } = world.node.cluster
  const short = await joinTokens.create({ expires_in: 60 })
  const long = await joinTokens.create({ expires_in: 3600 })
  const early = await world.connect({ join_token: short.secret })
  await world.clock.advance(60_000)
  await t.rejects(world.connect({ join_token: short.secret }), { code: REFUSED, details: { reason: /expired/ } })
  t.strictSame(await joinTokens.remove({ join_id: long.join_token.id }), { removed_join_token: long.join_token.id })
  await t.rejects(world.connect({ join_token: long.secret }), { code: REFUSED, details: { reason: /not valid/ } })
  t.strictSame(
    (await joinTokens.list()).join_tokens.map(({ id }) => id),
    [short.join_token.id],
  )
  await early.drop()
  t.ok(await world.connect({ credential: early.credential, join_token: short.secret }))
  t.equal((await devices.list({})).total, 1)
  await t.rejects(joinTokens.remove({ join_id: long.join_token.id }), {
    code: 'NOT_FOUND',
    details: { path: `/api/v1/join-tokens/${long.join_token.id}` },
  })
})

void t.test('there are as many tokens as a cluster keeps; those that let nobody in any more make room', async (t) => {
  const world = await createWorld(t)
  const { joinTokens } = world.node.cluster
  await Promise.all(Array.from({ length: MOST_JOIN_TOKENS - 2 }, () => joinTokens.create({})))
  const once = await joinTokens.create({ max_uses: 1 })
  const brief = await joinTokens.create({ expires_in: 60 })
  const ids = async () => (await joinTokens.list()).join_tokens.map(({ id }) => id)
  await t.rejects(joinTokens.create({}), { code: 'VALIDATION_ERROR' })
  t.ok((await ids()).includes(once.join_token.id), 'none goes that still lets a device in')
  await world.connect({ join_token: once.secret })
  await world.clock.advance(60_000)
  await joinTokens.create({})
  await joinTokens.create({})
  const left = await ids()
  t.equal(left.length, MOST_JOIN_TOKENS)
  t.notOk(left.includes(once.join_token.id), 'one that is used up made room')
  t.notOk(left.includes(brief.join_token.id), 'one that is over made room')
  await t.rejects(joinTokens.create({}), { code: 'VALIDATION_ERROR' })
})

void t.test('a device that was removed joins again only with a token made since', async (t) => {
  const world = await createWorld(t)
  const { joinTokens, devices } = world.node.cluster
  const before = await joinTokens.create({})
  const { id, credential } = await world.connect({ device_id: 'phone' })
  await world.clock.advance(1000)
  await devices.remove({ device_id: id, force: false })
  for (let time = 0; time < 2; time += 1) {
    for (const join_token of [JOIN_TOKEN, before.secret])
      await t.rejects(world.connect({ device_id: id, credential, join_token }), {
        code: REFUSED,
        details: { reason: /was removed; it joins again with a token made since/ },
      })
    await world.restart()
  }
  await world.clock.advance(1)
  const { secret } = await world.node.cluster.joinTokens.create({})
  t.equal((await world.connect({ device_id: id, credential, join_token: secret })).id, id)
  const { credential: other } = await world.connect({ join_token: JOIN_TOKEN })
  t.not(other, credential, 'the node’s own token is as good as ever for others')
})

void t.test('the node’s own token is one made since where it is another than at the removal', async (t) => {
  const world = await createWorld(t)
  const { id, credential } = await world.connect()
  await world.node.cluster.devices.remove({ device_id: id, force: false })
  await world.restart({ nodeToken: 'another-token' })
  await t.rejects(world.connect({ credential, join_token: JOIN_TOKEN }), { code: REFUSED })
  t.ok(await world.connect({ credential, join_token: 'another-token' }))
})

void t.test(
  'the worker that the node starts itself joins by a token of its own, also once it was removed',
  async (t) => {
    const world = await createWorld(t, {}, { requireApproval: true })
    const { id, credential } = await world.connect({ join_token: LOCAL_TOKEN })
    t.match(await world.node.cluster.devices.get({ device_id: id }), { status: 'online' })
    await world.node.cluster.devices.remove({ device_id: id, force: false })
    t.ok(await world.connect({ credential, join_token: LOCAL_TOKEN }))
  },
)
