import t, { type Test } from 'tap'
import { type ApiKeyCreated, type AuditList, scopes, type Scope } from '../../schemas/index.ts'
import { clusterKeys, firstOf, staticKeyId, staticKeys } from '../../src/api/security/keys.ts'
import { createWorld } from '../cluster/world.ts'
import { until } from '../start-cluster.ts'
import { serve } from './start-api.ts'

const MASTER = 'your-secret-key'

const start = async (t: Test) => {
  const world = await createWorld(t)
  const { cluster } = world.node
  const api = await serve(t, cluster, { auth: firstOf(staticKeys([MASTER]), clusterKeys(cluster)), limits: null })
  const as = (secret: string) => ({ 'X-API-Key': secret })
  const make = (...held: Scope[]) => cluster.keys.create({ name: 'test', scopes: held })
  const audit = async (query = '') => {
    const answer = await api.call('GET', `/api/v1/audit?limit=1000${query}`, { headers: as(MASTER) })
    return answer.json().data as AuditList
  }
  /** Refusals are written after the answer. */
  const whenWritten = (count: number) =>
    until(`${count} lines`, async () => {
      const { entries } = await audit()
      return entries.length >= count ? entries : undefined
    })
  return { ...api, world, as, make, audit, whenWritten }
}

void t.test(
  'a change over HTTP is in the audit log with its key, its address, its target and the id of its request',
  async (t) => {
    const { send, call, as, audit } = await start(t)
    const headers = { ...as(MASTER), 'X-Request-Id': 'mine' }
    const { key } = (await send('POST', '/api/v1/keys', { name: 'a', scopes: ['read'] }, headers)).json()
      .data as ApiKeyCreated
    const submitted = await send('POST', '/api/v1/tasks', { task_type: 'echo', payload: {} }, headers)
    await call('DELETE', `/api/v1/tasks/${String(submitted.json().data?.task_id)}`, { headers })
    await call('DELETE', `/api/v1/keys/${key.id}`, { headers })
    for (const path of ['/api/v1/tasks', '/api/v1/config', '/api/v1/keys', '/api/v1/audit'])
      await call('GET', path, { headers })
    const whole = await audit()
    const by = { key_id: staticKeyId(MASTER), address: '127.0.0.1', details: { request_id: 'mine' } }
    const { task_id } = submitted.json().data as { task_id: string }
    t.match(whole.entries, [
      { ...by, operation: 'removeKey', target: key.id, outcome: 200 },
      { ...by, operation: 'cancelTask', target: task_id, outcome: 200 },
      { ...by, operation: 'submitTask', target: task_id, outcome: 201 },
      { ...by, operation: 'createKey', target: key.id, outcome: 201 },
    ])
    t.equal(whole.total, 4)
    t.equal((await audit('&operation=cancelTask')).total, 1)
  },
)

void t.test(
  'who is refused for a wrong key, for lack of a scope, or by the cluster is in it; who sends no key is not',
  async (t) => {
    const { call, send, as, make, audit, whenWritten } = await start(t)
    const reader = await make('read')
    const before = (await audit()).total
    await call('GET', '/api/v1/devices')
    await call('GET', '/api/v1/devices', { headers: as('rck_wrong') })
    await call('GET', '/nothing', { headers: as('rck_wrong') })
    await send('POST', '/api/v1/tasks', { task_type: 'echo', payload: {} }, as(reader.secret))
    await call('DELETE', '/api/v1/devices/phone', { headers: as(MASTER) })
    await send('POST', '/api/v1/tasks', { task_type: 'echo' }, as(MASTER))
    await call('GET', '/api/v1/tasks/nothing', { headers: as(MASTER) })
    await call('GET', '/health', { headers: { Host: 'rebound.example' } })
    const entries = await whenWritten(before + 5)
    const told = entries.map(({ key_id, operation, target, outcome }) => ({ key_id, operation, target, outcome }))
    for (const line of [
      { key_id: null, operation: 'listDevices', target: null, outcome: 401 },
      { key_id: null, operation: 'none', target: null, outcome: 401 },
      { key_id: reader.key.id, operation: 'submitTask', target: null, outcome: 403 },
      { key_id: staticKeyId(MASTER), operation: 'removeDevice', target: 'phone', outcome: 404 },
      { key_id: null, operation: 'getHealth', target: null, outcome: 403 },
    ])
      t.ok(
        told.some((one) => JSON.stringify(one) === JSON.stringify(line)),
        JSON.stringify(line),
      )
    t.equal(entries.length, before + 5, 'and nothing else')
    t.notMatch(JSON.stringify(entries), /rck_wrong|your-secret-key/)
  },
)

void t.test('a denied call changes nothing but the audit log', async (t) => {
  const { send, call, as, make, whenWritten, world } = await start(t)
  await world.connect({ device_id: 'd' })
  const secrets = await Promise.all(scopes.map((scope) => make(scope)))
  const [reader, writer] = secrets
  // The first use of a key is noted; those of the next minute are not.
  for (const { secret } of secrets) await call('GET', '/nothing', { headers: as(secret) })
  const { length } = world.store.commits
  const denied = [
    await send('POST', '/api/v1/tasks', { task_type: 'echo', payload: {} }, as(reader?.secret ?? '')),
    await call('DELETE', '/api/v1/devices/d?force=true', { headers: as(writer?.secret ?? '') }),
    await send('PUT', '/api/v1/config', { cluster: { task_timeout: 1 } }, as(writer?.secret ?? '')),
    await send('POST', '/api/v1/keys', { name: 'a', scopes: ['admin'] }, as('rck_wrong')),
    await send('POST', '/api/v1/keys', { name: 'a', scopes: ['admin'] }),
  ]
  t.same(
    denied.map(({ status }) => status),
    [403, 403, 403, 401, 401],
  )
  await whenWritten(4)
  for (const commit of world.store.commits.slice(length)) {
    const { audit, ...rest } = commit
    t.ok(audit.length > 0)
    t.ok(
      Object.values(rest).every((rows) => Array.isArray(rows) && rows.length === 0),
      JSON.stringify(rest),
    )
  }
})
