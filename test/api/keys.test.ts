import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { type ApiKeyCreated, type ApiKeyList, scopes, type Scope } from '../../schemas/index.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { clusterKeys, firstOf, staticKeys } from '../../src/api/security/keys.ts'
import { createWorld, submitEcho } from '../cluster/world.ts'
import { openStream } from './open-stream.ts'
import { serve } from './start-api.ts'

const MASTER = 'your-secret-key'

/** The API in front of a real node, with one key given at the start. `seen`: the node as the API sees it. */
const startWithKeys = async (t: Test, seen: (cluster: Cluster) => Cluster = (cluster) => cluster) => {
  const world = await createWorld(t)
  const auth = firstOf(staticKeys([MASTER]), clusterKeys(world.node.cluster))
  const api = await serve(t, seen(world.node.cluster), { auth, limits: null })
  const as = (secret: string) => ({ headers: { 'X-API-Key': secret } })
  const make = async (scopes: readonly Scope[], more: object = {}) => {
    const answer = await api.send('POST', '/api/v1/keys', { name: 'test', scopes, ...more }, as(MASTER).headers)
    if (answer.status !== 201) throw new Error(answer.text)
    return answer.json().data as ApiKeyCreated
  }
  const revoke = ({ key }: ApiKeyCreated) => api.call('DELETE', `/api/v1/keys/${key.id}`, as(MASTER))
  return { ...api, world, as, make, revoke }
}

void t.test('a key is made, works at once with its scopes, is listed without its secret, and is revoked', async (t) => {
  const { call, as, make, revoke, lines } = await startWithKeys(t)
  const made = await make(['read'])
  t.equal((await call('GET', '/api/v1/devices', as(made.secret))).status, 200)
  t.equal((await call('GET', '/api/v1/keys', as(made.secret))).status, 403)
  const listing = await call('GET', '/api/v1/keys', as(MASTER))
  const { keys } = listing.json().data as ApiKeyList
  t.match(keys, [{ id: made.key.id, name: 'test', scopes: ['read'], expires_at: null, last_used_at: /T/ }])
  t.notMatch(listing.text, made.secret)
  t.strictSame((await revoke(made)).json().data, { removed_key: made.key.id })
  t.equal((await call('GET', '/api/v1/devices', as(made.secret))).status, 401)
  t.equal((await revoke(made)).json().error?.code, 'NOT_FOUND')
  t.notMatch(lines.join(''), made.secret)
})

void t.test('what a key cannot be is refused', async (t) => {
  const { send, as } = await startWithKeys(t)
  const bad: [object, string][] = [
    [{}, ''],
    [{ name: 'a', scopes: [] }, '/scopes'],
    [{ name: 'a', scopes: ['read', 'read'] }, '/scopes'],
    [{ name: 'a', scopes: ['root'] }, '/scopes/0'],
    [{ name: '', scopes: ['read'] }, '/name'],
    [{ name: 'a', scopes: ['read'], expires_at: 'tomorrow' }, '/expires_at'],
    [{ name: 'a', scopes: ['read'], expires_at: '2099-02-29T12:00:00Z' }, '/expires_at'],
    [{ name: 'a', scopes: ['read'], expires_at: '2098-12-31T23:59:60Z' }, '/expires_at'],
    [{ name: 'a', scopes: ['read'], expires_at: '2098-12-31T23:59:59' }, '/expires_at'],
    [{ name: 'a', scopes: ['read'], expires_at: '2020-01-01T00:00:00.000Z' }, '/expires_at'],
    [{ name: 'a', scopes: ['read'], secret: 'mine' }, '/secret'],
  ]
  for (const [body, path] of bad) {
    const answer = await send('POST', '/api/v1/keys', body, as(MASTER).headers)
    t.equal(answer.status, 400, JSON.stringify(body))
    t.ok(
      answer.json().error?.details.issues?.some((issue) => path === '' || issue.path === path),
      answer.text,
    )
  }
})

void t.test('a key ends at an instant that is written in any zone, to any part of a second', async (t) => {
  const { send, as } = await startWithKeys(t)
  for (const [expires_at, kept] of [
    ['2099-06-01T12:00:00Z', '2099-06-01T12:00:00.000Z'],
    ['2099-06-01T12:00:00.5+02:00', '2099-06-01T10:00:00.500Z'],
    ['2099-06-01t12:00:00.123456789z', '2099-06-01T12:00:00.123Z'],
  ]) {
    const answer = await send('POST', '/api/v1/keys', { name: 'a', scopes: ['read'], expires_at }, as(MASTER).headers)
    t.equal(answer.status, 201, answer.text)
    t.match(answer.json().data, { key: { expires_at: kept } })
  }
})

void t.test('the last administrator stays', async (t) => {
  const { make, revoke } = await startWithKeys(t)
  const admin = await make([...scopes])
  const refused = await revoke(admin)
  t.equal(refused.status, 403)
  t.match(refused.json().error, { code: 'PERMISSION_DENIED', message: /last key with the scope admin/ })
  await make(['admin'])
  t.equal((await revoke(admin)).status, 200)
})

void t.test('the streams of a key end when it is revoked, and no other does', async (t) => {
  const { port, make, revoke, world } = await startWithKeys(t)
  const path = '/api/v1/monitor/stream'
  const [mine, other] = [await make(['read']), await make(['read'])]
  await world.connect({ device_id: 'd' })
  const task_id = await submitEcho(world)
  const open = (secret: string, at = path) => openStream(t, port, at, { 'X-API-Key': secret })
  const streams = [await open(mine.secret), await open(mine.secret)]
  const output = await open(mine.secret, `/api/v1/tasks/${task_id}/output?follow=true`)
  const untouched = [await open(other.secret), await open(MASTER)]
  await revoke(mine)
  for (const stream of streams) {
    t.equal(await stream.ended, 'whole')
    t.match(stream.text, /\n: the key holds no longer\n\n$/)
  }
  t.equal(await output.ended, 'broken off', 'a clean end would say that the task is final')
  t.equal((await open(mine.secret)).status, 401)
  const told = await submitEcho(world)
  for (const stream of untouched)
    await stream.until('it goes on', ({ messages }) =>
      messages.some(({ event }) => event.type === 'task_created' && event.task_id === told),
    )
})

void t.test('the streams of a key end when it expires', async (t) => {
  const world = await createWorld(t)
  // Keys are let in by the clock of the node, which stands still here; their streams end by that of the machine.
  world.clock.jump(Date.now() - world.clock.now())
  const auth = firstOf(staticKeys([MASTER]), clusterKeys(world.node.cluster))
  const { port } = await serve(t, world.node.cluster, { auth, limits: null })
  const expires_at = new Date(Date.now() + 1500).toISOString()
  const { secret } = await world.node.cluster.keys.create({ name: 'guest', scopes: ['read'], expires_at })
  const stream = await openStream(t, port, '/api/v1/monitor/stream', { 'X-API-Key': secret })
  t.equal(stream.status, 200)
  t.equal(await stream.ended, 'whole')
  t.match(stream.text, /the key holds no longer/)
})

void t.test('a revoked key breaks its transfers off, in both directions', async (t) => {
  const begun = Promise.withResolvers<undefined>()
  const { port, world, make, revoke } = await startWithKeys(t, (cluster) => {
    const { artifacts } = cluster
    const store: typeof artifacts.store = (input) => {
      begun.resolve(undefined)
      return artifacts.store(input)
    }
    return { ...cluster, artifacts: { ...artifacts, store } }
  })
  const made = await make(['read', 'write'])
  const sha256 = world.files.put('x'.repeat(32 * 2 ** 20))
  const begin = (method: string, path: string) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers: { 'X-API-Key': made.secret }, agent: false })
    t.teardown(() => sent.destroy())
    return sent
  }
  const download = begin('GET', `/api/v1/artifacts/${sha256}`).end()
  const [reading] = (await once(download, 'response')) as [IncomingMessage]
  const upload = begin('POST', '/api/v1/artifacts')
  upload.once('response', () => t.fail('half a file was answered'))
  upload.write('half a file')
  await begun.promise
  const ends = Promise.all([
    t.rejects(buffer(reading), { code: 'ECONNRESET' }, 'the one that reads'),
    t.rejects(once(upload, 'close'), { code: 'ECONNRESET' }, 'the one that sends'),
  ])
  await revoke(made)
  await ends
  t.strictSame(world.files.hashes, [sha256], 'what came is no file')
})

void t.test(
  'a key in the query string is refused like any parameter that is not known, and is not logged',
  async (t) => {
    const { call, make, lines } = await startWithKeys(t)
    const { secret } = await make(['read'])
    for (const name of ['api_key', 'X-API-Key', 'access_token', 'key'])
      t.equal((await call('GET', `/api/v1/devices?${name}=${secret}`)).status, 401, name)
    const both = await call('GET', `/api/v1/devices?api_key=${secret}`, { headers: { 'X-API-Key': secret } })
    t.equal(both.status, 400)
    t.notMatch(both.text, secret, 'nor does the answer repeat it')
    t.notMatch(lines.join(''), secret)
  },
)

void t.test('a key given at the start has the same id wherever it stands, and each another', async (t) => {
  const idOf = async (secrets: string[], secret: string) => (await staticKeys(secrets).authenticate(secret))?.id
  const id = await idOf(['one', 'two'], 'two')
  t.match(id, /^api-key-[0-9a-f]{8}$/)
  t.equal(await idOf(['two'], 'two'), id)
  t.not(await idOf(['one'], 'one'), id)
})
