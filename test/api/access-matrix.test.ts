import { readFileSync } from 'node:fs'
import t from 'tap'
import type { Scope } from '../../schemas/index.ts'
import type { OpenApiDocument } from '../../src/api/document/document.ts'
import { clusterKeys } from '../../src/api/security/keys.ts'
import { settle } from '../cluster/fake-clock.ts'
import { createWorld } from '../cluster/world.ts'
import { serve } from './start-api.ts'

type Documented = {
  readonly operationId: string
  readonly description: string
  readonly security: readonly object[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example: object | string }>> }
}

const { paths } = JSON.parse(
  readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'),
) as OpenApiDocument

/** Every operation, with the scope that its description names; null for open ones. */
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => {
    const { operationId, description, security, requestBody } = operation as Documented
    const scope = /needs a key with the scope `(\w+)`/.exec(description)?.[1] as Scope | undefined
    return {
      operationId,
      method: method.toUpperCase(),
      path,
      scope: security.length === 0 ? null : (scope ?? 'none'),
      body: Object.values(requestBody?.content ?? {})[0]?.example,
    }
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

  // What the requests are about is there, so that one who is let in by mistake changes something.
  const { cluster } = world.node
  const { batch_id, task_ids } = await cluster.tasks.submitBatch({ tasks: [{ task_type: 'echo', payload: {} }] })
  const [task_id = ''] = task_ids
  const { join_token } = await cluster.joinTokens.create({})
  const ids = {
    device_id: 'phone',
    task_id,
    batch_id,
    key_id: (await make(['read'])).key.id,
    join_id: join_token.id,
    sha256: world.files.put('hello'),
  }
  const named = (text: string) =>
    text.replaceAll('android-001', 'phone').replaceAll('task-abc123', task_id).replaceAll('batch-abc123', batch_id)
  const bodyOf = (operationId: string, example: object | string | undefined) => {
    if (operationId === 'submitTask') return { task_type: 'echo', payload: {} }
    return typeof example === 'object' ? (JSON.parse(named(JSON.stringify(example))) as object) : example
  }

  let asked = 0
  const call = async (
    {
      operationId,
      method,
      path,
      body: example,
    }: Pick<(typeof operations)[number], 'method' | 'path'> & Partial<(typeof operations)[number]>,
    secret: string | undefined,
    query = '',
  ) => {
    asked += 1
    const body = bodyOf(operationId ?? '', example)
    const { statusCode, json } = await app.inject({
      method: method as 'GET',
      url: path.replace(/\{(\w+)\}/g, (_, name) => ids[name as keyof typeof ids]) + query,
      // Wrong keys are counted by address.
      remoteAddress: `198.51.${asked >> 8}.${asked & 255}`,
      headers: { host: 'localhost', ...(secret === undefined ? {} : { 'x-api-key': secret }) },
      ...(body === undefined ? {} : { payload: body }),
    })
    return { status: statusCode, code: json<{ error?: { code: string } }>().error?.code }
  }
  // The first use of a key is noted, and no other within a minute.
  for (const { secret } of Object.values(holders)) await call({ method: 'GET', path: '/nothing' }, secret)
  await settle()
  const { length } = world.store.commits

  t.ok(operations.length >= 30, `${operations.length} operations`)
  for (const operation of operations)
    for (const [who, { secret, scope: held }] of Object.entries(holders)) {
      const { operationId, scope } = operation
      const mayEnter = scope === null || held === scope
      const expected = mayEnter
        ? { status: 400, code: 'VALIDATION_ERROR' }
        : held === undefined
          ? { status: 401, code: 'AUTHENTICATION_REQUIRED' }
          : { status: 403, code: 'PERMISSION_DENIED' }
      // Who may enter hears what is wrong with the query: nothing is to be done behind the doors yet.
      const answer = await call(operation, secret, mayEnter ? '?no_such_parameter=1' : '')
      t.strictSame(answer, expected, `${operationId} with ${who}`)
    }
  await settle()
  const written = world.store.commits.slice(length)
  t.ok(written.length > 0, 'the audit log was written')
  for (const { audit, ...rest } of written) {
    t.ok(audit.length > 0)
    t.ok(
      Object.values(rest).every((rows) => Array.isArray(rows) && rows.length === 0),
      `only the audit log was written: ${JSON.stringify(rest)}`,
    )
  }

  const changing = operations.filter(({ method, scope }) => scope !== null && method !== 'GET')
  t.ok(changing.length >= 14, `${changing.length} operations that change something`)
  for (const operation of changing) {
    const { status } = await call(operation, holders[operation.scope ?? '']?.secret)
    t.notOk([400, 401, 403].includes(status), `${operation.operationId} with a key of its scope is done: ${status}`)
  }
})
