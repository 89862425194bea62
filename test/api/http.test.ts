import t from 'tap'
import { ClusterError } from '../../src/cluster/errors.ts'
import { startApi } from './start-api.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

void t.test('a wrong method is answered with 405 and the methods that the path has', async (t) => {
  const { call, calls } = await startApi(t)
  const expected = [
    ['PUT', '/api/v1/tasks', 'GET, HEAD, POST'],
    ['PUT', '/api/v1/devices/android-001', 'DELETE, GET, HEAD, PATCH'],
    ['GET', '/api/v1/devices/android-001/ping', 'POST'],
    ['POST', '/api/v1/config', 'GET, HEAD, PUT'],
    ['PUT', '/api/v1/cluster/config', 'GET, HEAD'],
    ['DELETE', '/api/v1/tasks/batch/b', 'GET, HEAD'],
    ['OPTIONS', '/api/v1/tasks/task-1/retry', 'POST'],
    ['PROPFIND', '/api/v1/tasks', 'GET, HEAD, POST'],
    ['POST', '/health', 'GET, HEAD'],
    ['DELETE', '/openapi.json', 'GET, HEAD'],
    ['POST', '/docs/', 'GET, HEAD'],
    ['GET', '/api/v1/artifacts/missing', 'POST'],
    ['PUT', '/api/v1/artifacts/no-hash', 'DELETE, GET, HEAD'],
  ] as const
  for (const [method, path, allow] of expected) {
    const answer = await call(method, path)
    const { error } = answer.json()
    t.equal(answer.status, 405, `${method} ${path}`)
    t.equal(answer.headers.allow, allow, `${method} ${path}`)
    t.equal(error?.code, 'METHOD_NOT_ALLOWED')
    t.strictSame(error?.details.allow, allow.split(', '))
  }
  t.same(calls, [])
})

void t.test('an Expect or a Content-Encoding that nobody asked for is harmless, or told in the envelope', async (t) => {
  const { call, calls } = await startApi(t)
  t.equal((await call('GET', '/health', { headers: { Expect: 'miracles' } })).json().status, 'success')
  const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }
  const coded = await call('POST', '/api/v1/tasks', { headers, body: 'x' })
  t.equal(coded.status, 415)
  t.match(coded.json().error?.details.reason, /Content-Encoding/)
  t.same(calls, [])
})

void t.test('HEAD answers as GET does, without a body', async (t) => {
  const { call } = await startApi(t)
  const [head, get] = [await call('HEAD', '/api/v1/devices'), await call('GET', '/api/v1/devices')]
  t.equal(head.status, 200)
  t.equal(head.text, '')
  t.equal(head.headers['content-length'], get.headers['content-length'])
  t.equal((await call('HEAD', '/nothing')).status, 404)
})

void t.test('an Accept that JSON does not meet is answered with 406', async (t) => {
  const { call, calls } = await startApi(t)
  for (const accept of ['text/html', 'application/xml;q=1, application/json;q=0', 'image/*']) {
    const answer = await call('GET', '/api/v1/devices', { headers: { accept } })
    t.equal(answer.status, 406, accept)
    t.equal(answer.json().error?.code, 'NOT_ACCEPTABLE')
    t.equal(answer.json().error?.details.media_type, 'application/json')
  }
  t.same(calls, [])
  for (const accept of ['*/*', 'application/*', 'text/html,*/*;q=0.8', 'application/json; charset=utf-8']) {
    t.equal((await call('GET', '/api/v1/devices', { headers: { accept } })).status, 200, accept)
  }
})

void t.test('what is not HTTP gets the envelope too', async (t) => {
  const { raw, call } = await startApi(t)
  const bad = [
    'NONSENSE\r\n\r\n',
    'FOO / HTTP/1.1\r\nHost: localhost\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`,
  ]
  for (const bytes of bad) {
    const [head = '', body = ''] = (await raw(bytes)).split('\r\n\r\n')
    const envelope = JSON.parse(body) as { status: string; error: { code: string }; request_id: string }
    t.match(head, /^HTTP\/1\.1 400 Bad Request/)
    t.equal(envelope.error.code, 'VALIDATION_ERROR')
    t.match(envelope.request_id, UUID)
    t.ok(head.includes(`X-Request-Id: ${envelope.request_id}`))
    t.match(head, new RegExp(`Content-Length: ${Buffer.byteLength(body)}`))
  }
  t.equal((await call('GET', '/health')).status, 200, 'the server goes on')
  const hostless = await raw('GET /health HTTP/1.1\r\nConnection: close\r\n\r\n')
  t.match(hostless, /^HTTP\/1\.1 400 /)
  t.match(hostless, /'Host' is missing/)
})

void t.test('an empty body stands for all defaults where no field must be there', async (t) => {
  const { call, calls } = await startApi(t)
  const ways: Record<string, string>[] = [
    {},
    { 'Content-Type': 'application/json' },
    { 'Content-Type': 'application/json', 'Content-Length': '0' },
    { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': '0' },
  ]
  for (const headers of ways) {
    t.equal((await call('POST', '/api/v1/devices/android-001/ping', { headers })).status, 200)
    t.equal((await call('POST', '/api/v1/tasks/task-1/retry', { headers })).status, 200)
  }
  t.strictSame(calls.slice(0, 2), [
    { operation: 'devices.ping', input: { device_id: 'android-001' } },
    { operation: 'tasks.retry', input: { task_id: 'task-1' } },
  ])
  t.equal(calls.length, 2 * ways.length)
})

void t.test('a request id of the caller comes back; any other becomes a UUID', async (t) => {
  const { call } = await startApi(t)
  for (const own of ['a', 'My-Id_1.2', 'x'.repeat(128)]) {
    const answer = await call('GET', '/health', { headers: { 'X-Request-Id': own } })
    t.equal(answer.headers['x-request-id'], own)
    t.equal(answer.json().request_id, own)
  }
  const ways: Record<string, string | string[]>[] = [
    {},
    { 'X-Request-Id': 'x'.repeat(129) },
    { 'X-Request-Id': 'a b' },
    { 'X-Request-Id': ['a', 'b'] },
  ]
  for (const path of ['/health', '/nothing', '/%zz', '/docs', '/api/v1/tasks?x=1']) {
    for (const headers of ways) {
      const answer = await call('GET', path, { headers })
      t.match(answer.headers['x-request-id'], UUID, path)
      if (path !== '/docs') t.equal(answer.json().request_id, answer.headers['x-request-id'], path)
    }
  }
})

void t.test(
  'every line in the log bears the id of its request, and tells method, route, status and time',
  async (t) => {
    const { app, call, lines } = await startApi(t, {
      answers: { 'tasks.get': () => Promise.reject(new Error('disk on fire')) },
    })
    const before = lines.length
    await call('GET', '/api/v1/tasks/task-1', {
      headers: { 'X-Request-Id': 'mine-1', 'X-Api-Key': 'secret-in-header' },
    })
    const written = lines.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>)
    t.equal(written.length, 2, 'the failure and the completion')
    t.ok(written.every(({ request_id }) => request_id === 'mine-1'))
    t.match(written[1], { method: 'GET', route: '/api/v1/tasks/:task_id', status: 500, msg: 'request completed' })
    t.type(written[1]?.ms, 'number')
    app.log.info({ req: { headers: { authorization: 'secret-in-header' } } }, 'a library speaks')
    t.match(lines.join(''), /a library speaks/)
    t.notMatch(lines.join(''), /secret-in-header/, 'no key is logged')
  },
)

void t.test('a failure inside shows its cause to the log alone', async (t) => {
  const { call, lines } = await startApi(t, {
    answers: { status: () => Promise.reject(new Error('SELECT secret FROM /var/lib/keys')) },
  })
  const answer = await call('GET', '/api/v1/cluster/status')
  t.equal(answer.status, 500)
  t.equal(answer.json().error?.code, 'INTERNAL_ERROR')
  t.strictSame(answer.json().error?.details, {})
  t.notMatch(answer.text, /SELECT|\/var|stack/)
  t.match(lines.join(''), /SELECT secret/)
})

void t.test(
  'an error of the domain keeps its code and its details, and bears the headers that belong to it',
  async (t) => {
    const { call } = await startApi(t, {
      answers: {
        'devices.get': () =>
          Promise.reject(new ClusterError('DEVICE_NOT_FOUND', { device_id: 'x', available_devices: ['android-001'] })),
        status: () =>
          Promise.reject(new ClusterError('CLUSTER_UNAVAILABLE', { reason: 'gone', retry_after_seconds: 7 })),
        'tasks.list': () => Promise.reject(new ClusterError('CLUSTER_UNAVAILABLE', { reason: 'gone' })),
      },
    })
    const missing = await call('GET', '/api/v1/devices/x')
    t.equal(missing.status, 404)
    t.equal(missing.json().error?.message, "Device 'x' does not exist. Take an id from GET /api/v1/devices.")
    t.strictSame(missing.json().error?.details, { device_id: 'x', available_devices: ['android-001'] })
    const away = await call('GET', '/api/v1/cluster/status')
    t.equal(away.status, 503)
    t.equal(away.headers['retry-after'], '7')
    t.match((await call('GET', '/api/v1/tasks')).headers['retry-after'], /^[1-9]\d*$/)
  },
)

void t.test('messages come in Chinese where Accept-Language prefers it, and say so', async (t) => {
  const { call } = await startApi(t)
  const chosen: [string | undefined, 'en' | 'zh-CN'][] = [
    [undefined, 'en'],
    ['zh', 'zh-CN'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
    ['zh-Hans', 'zh-CN'],
    ['en,zh;q=0.5', 'en'],
    ['en;q=0.3, zh;q=0.7', 'zh-CN'],
    ['zh;q=0', 'en'],
    ['de', 'en'],
    ['fr, zh;q=0.1', 'zh-CN'],
    ['*', 'en'],
  ]
  for (const path of ['/nothing', '/api/v1/tasks?limt=1', '/%zz']) {
    for (const [language, tag] of chosen) {
      const headers = language === undefined ? {} : { 'Accept-Language': language }
      const answer = await call('GET', path, { headers })
      t.equal(answer.headers['content-language'], tag, `${path} for ${language ?? 'none'}`)
      t.match(answer.headers.vary, /Accept-Language/)
      t.equal(/\p{Script=Han}/u.test(answer.json().error?.message ?? ''), tag === 'zh-CN', answer.text)
    }
  }
})

void t.test('health is 200 also while the node is away, and says since when', async (t) => {
  const since_ms = Date.UTC(2026, 10, 24, 12)
  const { call } = await startApi(t, { reachability: () => ({ reachable: false, reason: 'refused', since_ms }) })
  const answer = await call('GET', '/health')
  t.equal(answer.status, 200)
  t.match(answer.json().data, {
    status: 'degraded',
    version: '1.2.3',
    cluster: { reachable: false, mode: 'embedded', reason: 'refused', since: '2026-11-24T12:00:00.000Z' },
  })
})
