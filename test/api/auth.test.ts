import t from 'tap'
import type { Scope } from '../../schemas/index.ts'
import { clusterKeys, firstOf, staticKeys } from '../../src/api/security/keys.ts'
import { keyOf, knowing } from './known-keys.ts'
import { startApi } from './start-api.ts'

/** Secrets named after the one scope that they hold. */
const byScope = knowing({
  read: keyOf('read', ['read']),
  write: keyOf('write', ['write']),
  admin: keyOf('admin', ['admin']),
})

const operations: [string, string, Scope][] = [
  ['GET', '/api/v1/cluster/status', 'read'],
  ['GET', '/api/v1/devices', 'read'],
  ['GET', '/api/v1/devices/a', 'read'],
  ['DELETE', '/api/v1/devices/a', 'admin'],
  ['POST', '/api/v1/devices/a/ping', 'write'],
  ['POST', '/api/v1/tasks', 'write'],
  ['GET', '/api/v1/tasks', 'read'],
  ['GET', '/api/v1/tasks/a', 'read'],
  ['DELETE', '/api/v1/tasks/a', 'write'],
  ['POST', '/api/v1/tasks/a/retry', 'write'],
  ['GET', '/api/v1/cluster/health', 'read'],
  ['GET', '/api/v1/cluster/metrics', 'read'],
  ['GET', '/api/v1/tasks/types', 'read'],
  ['GET', '/api/v1/tasks/batch/a', 'read'],
  ['GET', '/api/v1/logs', 'read'],
  ['GET', '/api/v1/stats/tasks', 'read'],
  ['GET', '/api/v1/stats/devices', 'read'],
  ['GET', '/api/v1/config', 'admin'],
  ['GET', '/api/v1/cluster/config', 'admin'],
]

void t.test('each operation needs a key with its own scope, and no other scope will do', async (t) => {
  const { call, calls } = await startApi(t, { auth: byScope })
  const headers = { 'Content-Type': 'application/json' }
  const body = '{"task_type":"echo","payload":{}}'
  const bodies: Record<string, string> = {
    'POST /api/v1/tasks': body,
    'POST /api/v1/tasks/batch': `{"tasks":[${body}]}`,
    'POST /api/v1/tasks/batch/cancel': '{"batch_id":"a"}',
    'POST /api/v1/tasks/batch/retry': '{"batch_id":"a"}',
    'PATCH /api/v1/devices/a': '{"schedulable":false}',
    'POST /api/v1/devices/batch': '{"tag":"a","approve":true}',
    'PUT /api/v1/config': '{}',
  }
  const withBodies: [string, string, Scope][] = [
    ['POST', '/api/v1/tasks/batch', 'write'],
    ['POST', '/api/v1/tasks/batch/cancel', 'write'],
    ['POST', '/api/v1/tasks/batch/retry', 'write'],
    ['PATCH', '/api/v1/devices/a', 'admin'],
    ['POST', '/api/v1/devices/batch', 'admin'],
    ['PUT', '/api/v1/config', 'admin'],
  ]
  for (const [method, path, scope] of [...operations, ...withBodies]) {
    const own = bodies[`${method} ${path}`]
    const sent = own === undefined ? { headers: {} } : { headers, body: own }
    const missing = await call(method, path, sent)
    t.equal(missing.status, 401, `${method} ${path} without a key`)
    t.equal(missing.json().error?.code, 'AUTHENTICATION_REQUIRED')
    t.equal(missing.headers['www-authenticate'], 'Bearer realm="retire-cluster"')
    for (const held of ['read', 'write', 'admin'] as const) {
      const before = calls.length
      const answer = await call(method, path, { ...sent, headers: { ...sent.headers, 'X-API-Key': held } })
      if (held === scope) {
        t.ok(answer.status < 300, `${method} ${path} with ${held}`)
        t.equal(calls.length, before + 1)
      } else {
        t.equal(answer.status, 403, `${method} ${path} with ${held}`)
        t.equal(answer.json().error?.code, 'PERMISSION_DENIED')
        t.equal(answer.json().error?.details.required_scope, scope)
        t.equal(calls.length, before, 'the cluster was asked nothing')
      }
    }
  }
})

void t.test('the key comes in either header, whatever the case of the scheme', async (t) => {
  const { call } = await startApi(t, { auth: byScope })
  const good: Record<string, string>[] = [
    { 'X-API-Key': 'read' },
    { 'x-api-key': 'read' },
    { Authorization: 'Bearer read' },
    { Authorization: 'bearer read' },
    { Authorization: 'BEARER  read' },
    { 'X-API-Key': 'read', Authorization: 'Bearer read' },
    { 'X-API-Key': 'read', Authorization: 'Basic cmVhZDpyZWFk' },
  ]
  for (const headers of good)
    t.equal((await call('GET', '/api/v1/devices', { headers })).status, 200, JSON.stringify(headers))
  const bad: Record<string, string>[] = [
    { 'X-API-Key': '' },
    { 'X-API-Key': 'wrong' },
    { 'X-API-Key': 'READ' },
    { Authorization: 'read' },
    { Authorization: 'Bearer' },
    { Authorization: 'Bearer ' },
    { Authorization: 'Basic cmVhZDpyZWFk' },
    { 'X-API-Key': 'read', Authorization: 'Bearer write' },
  ]
  for (const headers of bad)
    t.equal((await call('GET', '/api/v1/devices', { headers })).status, 401, JSON.stringify(headers))
})

void t.test('health and what describes the API stay open; paths that do not exist do not', async (t) => {
  const { call } = await startApi(t, { auth: byScope })
  for (const path of [
    '/health',
    '/openapi.json',
    '/openapi.yaml',
    '/docs',
    '/docs/',
    '/docs/static/swagger-ui.css',
    '/docs/json',
  ]) {
    t.equal((await call('GET', path)).status, 200, path)
    t.equal((await call('HEAD', path)).status, 200, path)
    t.equal((await call('PUT', path)).status, 405, `${path}, by a method that it does not have`)
  }
  for (const path of ['/nothing', '/api/v1/nothing', '/docsx', '/healthx', '/metricsx']) {
    t.equal((await call('GET', path)).status, 401, path)
    t.equal((await call('GET', path, { headers: { 'X-API-Key': 'read' } })).status, 404, path)
  }
  t.equal((await call('GET', '/')).status, 401)
  t.equal((await call('PUT', '/api/v1/tasks')).status, 401, 'a wrong method tells nothing either')
  t.equal((await call('GET', '/api/v1/tasks?limt=1')).status, 401, 'nor does a bad query')
})

void t.test('without --auth no key is asked for', async (t) => {
  const { call } = await startApi(t)
  for (const [method, path] of operations.filter(([, path]) => path !== '/api/v1/tasks')) {
    t.ok((await call(method, path)).status < 300, `${method} ${path}`)
  }
})

void t.test('keys of --api-key hold every scope; keys of the cluster are asked for by their hash', async (t) => {
  const asked: string[] = []
  const auth = firstOf(
    staticKeys(['one', 'zwei-ü']),
    clusterKeys({
      keys: {
        authenticate: ({ secret_hash }) => {
          asked.push(secret_hash)
          return Promise.resolve(secret_hash.startsWith('2c26b46b68ff') ? keyOf('foo', ['read']) : null)
        },
        list: () => Promise.resolve({ keys: [] }),
        create: () => Promise.reject(new Error('not asked')),
        remove: () => Promise.reject(new Error('not asked')),
        onRemoved: () => () => undefined,
      },
    }),
  )
  t.strictSame((await auth.authenticate('one'))?.scopes, ['read', 'write', 'admin'])
  t.same(asked, [], 'the first that knows the secret answers')
  t.strictSame((await auth.authenticate('foo'))?.scopes, ['read'])
  // SHA-256 of "foo".
  t.strictSame(asked, ['2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae'])
  t.equal(await auth.authenticate('One'), null)
  t.equal(await auth.authenticate(''), null)
  const { call, lines } = await startApi(t, { auth })
  const utf8 = Buffer.from('zwei-ü').toString('latin1')
  t.equal(
    (await call('GET', '/api/v1/devices', { headers: { 'X-API-Key': utf8 } })).status,
    200,
    'a key that is not ASCII',
  )
  await call('GET', '/api/v1/devices', { headers: { Authorization: 'Bearer wrong-secret' } })
  t.notMatch(lines.join(''), /zwei|wrong-secret/, 'no key is logged')
})
