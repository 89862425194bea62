import t from 'tap'
import { acceptedOpaques, namesTag } from '../../src/api/conditional/etag.ts'
import { settle } from '../cluster/fake-clock.ts'
import { idle, submitEcho } from '../cluster/world.ts'
import { startWorld } from './start-world.ts'

void t.test('tags are compared as RFC 9110 says', (t) => {
  t.ok(namesTag('"a"', 'W/"a"'))
  t.ok(namesTag('W/"a"', 'W/"a"'))
  t.ok(namesTag('W/"b", "a"', '"a"'))
  t.ok(namesTag('*', '"a"'))
  t.notOk(namesTag('"b"', '"a"'))
  t.notOk(namesTag('"W/a"', '"a"'))
  t.ok(namesTag('"a,b"', '"a,b"'), 'a comma within the quotes is part of the tag')
  t.notOk(namesTag('"a,b"', '"a"'))
  t.equal(acceptedOpaques(undefined), null)
  t.equal(acceptedOpaques('*'), null)
  t.strictSame(acceptedOpaques('"a", W/"b", "c"'), ['a', 'c'])
  t.strictSame(acceptedOpaques('W/"b"'), [])
  t.end()
})

void t.test('what has not changed is answered with 304, what has with its new body', async (t) => {
  const { world, api, send } = await startWorld(t)
  const device = await world.connect({ device_id: 'd' })
  const { batch_id } = await send<{ batch_id: string }>('POST', '/tasks/batch', {
    tasks: [{ task_type: 'echo', payload: {} }],
  })
  const task_id = await submitEcho(world)
  const finish = async () => {
    for (const run of [...device.runs]) await device.finish(run)
    await settle()
  }
  const changes: [path: string, change: () => unknown, tag: RegExp][] = [
    ['/api/v1/devices', () => device.session.heartbeat({ ...idle, cpu_usage: 61 }), /^W\//],
    ['/api/v1/devices?status=online', () => device.session.heartbeat({ ...idle, cpu_usage: 62 }), /^W\//],
    ['/api/v1/devices/d', () => device.session.heartbeat({ ...idle, cpu_usage: 63 }), /^W\//],
    ['/api/v1/tasks', () => submitEcho(world), /^W\//],
    [`/api/v1/tasks/batch/${batch_id}`, finish, /^W\//],
    [`/api/v1/tasks/${task_id}`, () => world.node.cluster.devices.remove({ device_id: 'd', force: true }), /^"/],
  ]
  // The detail of a task: changed by its end, which the batch above has brought already, so it is looked at first.
  const [running] = changes.splice(5, 1)
  const detail = running?.[0] ?? ''
  const before = await api.call('GET', detail)
  for (const [path, change, form] of changes) {
    const first = await api.call('GET', path)
    const tag = String(first.headers.etag)
    t.match(tag, form, path)
    t.equal(first.headers['cache-control'], 'private, no-cache', path)
    const same = await api.call('GET', path, { headers: { 'If-None-Match': tag } })
    t.equal(same.status, 304, path)
    t.equal(same.text, '', path)
    t.equal(same.headers.etag, tag, path)
    t.equal(same.headers['content-type'], undefined, path)
    t.equal(same.headers['content-length'], undefined, path)
    t.ok(same.headers['x-request-id'], path)
    t.equal((await api.call('GET', path, { headers: { 'If-None-Match': '*' } })).status, 304, path)
    t.equal((await api.call('GET', path, { headers: { 'If-None-Match': '"x", W/"y"' } })).status, 200, path)
    await change()
    const changed = await api.call('GET', path, { headers: { 'If-None-Match': tag } })
    t.equal(changed.status, 200, `${path} after the change`)
    t.not(changed.headers.etag, tag, path)
  }
  const after = await api.call('GET', detail, { headers: { 'If-None-Match': String(before.headers.etag) } })
  t.equal(after.status, 200, 'the task has ended')
  const tag = String(after.headers.etag)
  t.equal((await api.call('GET', detail, { headers: { 'If-None-Match': tag } })).status, 304)
})

void t.test('the config and the document have tags too', async (t) => {
  const { api, send } = await startWorld(t)
  for (const path of ['/openapi.json', '/openapi.yaml', '/api/v1/config', '/api/v1/cluster/config']) {
    const { headers, status, text } = await api.call('GET', path)
    t.equal(status, 200)
    t.ok(text.length > 0)
    const same = await api.call('GET', path, { headers: { 'If-None-Match': String(headers.etag) } })
    t.equal(same.status, 304, path)
    t.equal(same.text, '')
  }
  const tag = String((await api.call('GET', '/api/v1/config')).headers.etag)
  await send('PUT', '/config', { logging: { level: 'debug' } })
  t.equal((await api.call('GET', '/api/v1/config', { headers: { 'If-None-Match': tag } })).status, 200)
})

void t.test('what changes by itself, and what is not a read, has no tag', async (t) => {
  const { world, api } = await startWorld(t)
  await world.connect({ device_id: 'd' })
  for (const path of ['/health', '/api/v1/cluster/status', '/api/v1/cluster/health', '/api/v1/stats/tasks']) {
    const answer = await api.call('GET', path, { headers: { 'If-None-Match': '*' } })
    t.equal(answer.status, 200, path)
    t.equal(answer.headers.etag, undefined, path)
  }
  const patched = await api.send('PATCH', '/api/v1/devices/d', { schedulable: false }, { 'If-None-Match': '*' })
  t.equal(patched.status, 200)
  t.equal(patched.headers.etag, undefined)
  const missing = await api.call('GET', '/api/v1/devices/nobody', { headers: { 'If-None-Match': '*' } })
  t.equal(missing.status, 404, 'an error is never 304')
})

void t.test('If-None-Match that holds no tags is refused', async (t) => {
  const { api } = await startWorld(t)
  for (const value of ['abc', 'W/abc', '"a" "b"', "'a'", '"a', '*, "a"']) {
    const { status, error } = await api
      .call('GET', '/api/v1/devices', { headers: { 'If-None-Match': value } })
      .then((answer) => ({ ...answer.json(), status: answer.status }))
    t.equal(status, 400, value)
    t.match(error?.details.issues, [{ in: 'headers', path: '/if-none-match' }], value)
  }
})

void t.test('HEAD is wherever GET is, with the same status and headers and no body', async (t) => {
  const { world, api, send } = await startWorld(t)
  await world.connect({ device_id: 'd' })
  const task_id = await submitEcho(world)
  await submitEcho(world)
  const { batch_id } = await send<{ batch_id: string }>('POST', '/tasks/batch', {
    tasks: [{ task_type: 'echo', payload: {} }],
  })
  const sha256 = world.files.put('hello')
  const document = JSON.parse((await api.call('GET', '/openapi.json')).text) as {
    paths: Record<string, { get?: { operationId: string } }>
  }
  const paths = Object.entries(document.paths)
    .filter(([, { get }]) => get !== undefined && get.operationId !== 'streamEvents')
    .map(([path]) =>
      path
        .replace('{device_id}', 'd')
        .replace('{task_id}', task_id)
        .replace('{batch_id}', batch_id)
        .replace('{sha256}', sha256),
    )
  t.ok(paths.length >= 15)
  // What is another each time, or belongs to the connection.
  const own = ['x-request-id', 'date', 'connection', 'keep-alive']
  const headersOf = (headers: object) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => !own.includes(name)))
  for (const path of [...paths, '/openapi.json', '/openapi.yaml', '/api/v1/tasks?limit=1', '/api/v1/devices/nobody']) {
    // The uptime and measured times change the length of these from one call to the next.
    const isSteady = !['/health', '/metrics', '/api/v1/cluster/health'].includes(path)
    const request = { headers: { 'X-Request-Id': 'same' } }
    const [get, head] = [await api.call('GET', path, request), await api.call('HEAD', path, request)]
    t.equal(head.status, get.status, path)
    t.equal(head.text, '', path)
    const [got, headed] = [headersOf(get.headers), headersOf(head.headers)]
    if (!isSteady) for (const each of [got, headed]) delete each['content-length']
    t.strictSame(headed, got, path)
    if (get.headers.etag === undefined) continue
    const same = await api.call('HEAD', path, { headers: { 'If-None-Match': get.headers.etag } })
    t.equal(same.status, 304, `${path}, known already`)
    t.equal(same.text, '')
  }
})
