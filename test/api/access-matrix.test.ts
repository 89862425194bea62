import { readFileSync } from 'node:fs'
import t from 'tap'
import type { Scope } from '../../schemas/index.ts'
import type { OpenApiDocument } from '../../src/api/document/document.ts'
import { clusterKeys } from '../../src/api/security/keys.ts'
import { settle } from '../cluster/fake-clock.ts'
import { createWorld } from '../cluster/world.ts'
import { serve } from './start-api.ts'

type Documented = { readonly operationId: string; readonly description: string; readonly security: readonly object[] }

const { paths } = JSON.parse(
  readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'),
) as OpenApiDocument

/** Every operation, with the scope that its description names; null for open ones. */
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => {
    const { operationId, description, security } = operation as Documented
    const scope = /needs a key with the scope `(\w+)`/.exec(description)?.[1] as Scope | undefined
    return { operationId, method: method.toUpperCase(), path, scope: security.length === 0 ? null : (scope ?? 'none') }
  }),
)

void t.test('every operation lets in a key of its scope, and nobody else; who is denied changes nothing', async (t) => {
  const world = await createWorld(t)
  const { keys } = world.node.cluster
  const { app } = await serve(t, world.node.cluster, { auth: clusterKeys(world.node.cluster), limits: null })
  const make = async (scopes: Scope[], more: object = {}) => keys.create({ name: 'matrix', scopes, ...more })
  const all: Scope[] = ['read', 'write', 'admin']
  await make(all)
  const expired = await make(all, { expires_at: new Date(world.clock.now() + 1000).toISOString() })
  const revoked = await make(all)
  await keys.remove({ key_id: revoked.key.id })
  const device = await world.connect({ device_id: 'phone' })
  const holders: Record<string, { secret: string | undefined; scope?: Scope }> = {
    'no key': { secret: undefined },
    'a wrong key': { secret: 'rck_wrong' },
    'an expired key': { secret: expired.secret },
    'a revoked key': { secret: revoked.secret },
    'the credential of a device': { secret: device.credential },
    read: { secret: (await make(['read'])).secret, scope: 'read' },
    write: { secret: (await make(['write'])).secret, scope: 'write' },
    admin: { secret: (await make(['admin'])).secret, scope: 'admin' },
  }
  await world.clock.advance(1000)

  let asked = 0
  const call = async (method: string, path: string, secret: string | undefined) => {
    asked += 1
    const { statusCode, json } = await app.inject({
      method: method as 'GET',
      // Who is let in hears what is wrong with the query: the matrix is about doors, and nothing is to be done behind them.
      url: `${path.replace(/\{\w+\}/g, 'phone')}?no_such_parameter=1`,
      // Wrong keys are counted by address.
      remoteAddress: `198.51.${asked >> 8}.${asked & 255}`,
      headers: { host: 'localhost', ...(secret === undefined ? {} : { 'x-api-key': secret }) },
    })
    return { status: statusCode, code: json<{ error: { code: string } }>().error.code }
  }
  // The first use of a key is noted, and no other within a minute.
  for (const { secret } of Object.values(holders)) await call('GET', '/nothing', secret)
  await settle()
  const { length } = world.store.commits

  t.ok(operations.length >= 30, `${operations.length} operations`)
  for (const { operationId, method, path, scope } of operations)
    for (const [who, { secret, scope: held }] of Object.entries(holders)) {
      const expected =
        scope === null || held === scope
          ? { status: 400, code: 'VALIDATION_ERROR' }
          : held === undefined
            ? { status: 401, code: 'AUTHENTICATION_REQUIRED' }
            : { status: 403, code: 'PERMISSION_DENIED' }
      t.strictSame(await call(method, path, secret), expected, `${operationId} with ${who}`)
    }
  await settle()
  for (const { audit, ...rest } of world.store.commits.slice(length)) {
    t.ok(audit.length > 0)
    t.ok(
      Object.values(rest).every((rows) => Array.isArray(rows) && rows.length === 0),
      `only the audit log was written: ${JSON.stringify(rest)}`,
    )
  }
})
