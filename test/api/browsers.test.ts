import t from 'tap'
import { startApi } from './start-api.ts'

const paths = [
  '/health',
  '/docs/',
  '/openapi.json',
  '/metrics',
  '/nothing',
  '/api/v1/devices',
  '/api/v1/monitor/stream',
]

void t.test('a host name that is not ours is refused on every route, before anything else', async (t) => {
  const { call, calls, raw } = await startApi(t, { hostNames: ['nas.lan'] })
  for (const path of paths) {
    const refused = await call('GET', path, { headers: { Host: 'rebound.example' } })
    t.equal(refused.status, 403, path)
    t.equal(refused.json().error?.code, 'PERMISSION_DENIED')
    t.match(refused.json().error?.message, /rebound\.example .*--allowed-host/)
  }
  const write = { headers: { Host: 'rebound.example:8081', 'Content-Type': 'application/json' }, body: '{}' }
  t.equal((await call('POST', '/api/v1/tasks', write)).status, 403)
  t.same(calls, [], 'the cluster was asked nothing')
  for (const host of ['nas.lan', 'NAS.LAN:8081', 'localhost', '192.0.2.1', '[::1]:8081'])
    t.equal((await call('GET', '/health', { headers: { Host: host } })).status, 200, host)
  const forwarded = { headers: { 'X-Forwarded-Host': 'rebound.example' } }
  t.equal((await call('GET', '/health', forwarded)).status, 200, 'a header that nobody is trusted with says nothing')
  t.match(await raw('GET /health HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 /, 'HTTP/1.0 needs none')
  t.match(await raw('GET /health HTTP/1.1\r\nHost: a\r\nHost: localhost\r\n\r\n'), /^HTTP\/1\.1 40[03] /, 'nor two')
})

void t.test('a page of another origin is refused, whatever it asks and however', async (t) => {
  const { call, calls, port } = await startApi(t)
  const embedded = (mode: string, site = 'cross-site') => ({ 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': mode })
  const foreign: Record<string, string>[] = [
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { Origin: 'file://' },
    { Origin: `http://localhost:${port + 1}` },
    { Origin: `http://127.0.0.1:${port}.evil.example` },
    { Origin: `http://evil.example:${port}`, ...embedded('navigate') },
    embedded('no-cors'),
    embedded('cors'),
    embedded('no-cors', 'same-site'),
    embedded('websocket'),
  ]
  for (const headers of foreign) {
    for (const [method, path] of [
      ['GET', '/api/v1/devices'],
      ['POST', '/api/v1/tasks/a/retry'],
      ['DELETE', '/api/v1/tasks/a'],
      ['OPTIONS', '/api/v1/tasks'],
      ['GET', '/health'],
    ] as const) {
      const refused = await call(method, path, { headers })
      t.equal(refused.status, 403, `${method} ${path} ${JSON.stringify(headers)}`)
      t.equal(refused.headers['access-control-allow-origin'], undefined)
    }
  }
  t.same(calls, [], 'the cluster was asked nothing')
})

void t.test('pages of our own, links that are followed, and programs are let in', async (t) => {
  const { call, port } = await startApi(t)
  const own: Record<string, string>[] = [
    { Origin: `http://127.0.0.1:${port}` },
    { Origin: `https://127.0.0.1:${port}` },
    { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors' },
    { 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate' },
    { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' },
    {},
  ]
  for (const headers of own)
    t.equal((await call('GET', '/api/v1/devices', { headers })).status, 200, JSON.stringify(headers))
  t.equal((await call('POST', '/api/v1/tasks/a/retry', { headers: own[0] ?? {} })).status, 200)
})

void t.test('an origin that is let in may call and read, after asking; no other may', async (t) => {
  const origin = 'https://dashboard.example'
  const { call, send } = await startApi(t, { corsOrigins: [origin] })
  const ask = { Origin: origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'x-api-key' }
  const asked = await call('OPTIONS', '/api/v1/tasks', { headers: ask })
  t.equal(asked.status, 204)
  t.equal(asked.headers['access-control-allow-origin'], origin)
  t.equal(asked.headers['access-control-allow-credentials'], undefined, 'no cookie is ours')
  t.match(asked.headers['access-control-allow-headers'], /X-API-Key/)
  t.match(asked.headers['access-control-allow-methods'], /POST.*DELETE/)
  const answers = [
    await send('POST', '/api/v1/tasks', { task_type: 'echo', payload: {} }, { Origin: origin }),
    await call('GET', '/api/v1/nothing', { headers: { Origin: origin } }),
  ]
  for (const { headers } of answers) {
    t.equal(headers['access-control-allow-origin'], origin)
    t.match(headers['access-control-expose-headers'], /X-RateLimit-Remaining/)
    t.match(headers.vary, /Origin/)
  }
  t.match(answers[1]?.headers.vary, /Origin, Accept-Language/)
  for (const other of ['https://evil.example', 'http://dashboard.example', 'null']) {
    const refused = await call('OPTIONS', '/api/v1/tasks', { headers: { ...ask, Origin: other } })
    t.equal(refused.status, 403, other)
    t.equal(refused.headers['access-control-allow-origin'], undefined)
  }
})

void t.test('every answer keeps a browser from doing more with it than reading it', async (t) => {
  const { call, app } = await startApi(t)
  for (const path of [...paths.filter((one) => !one.endsWith('stream')), '/%zz']) {
    const { headers } = await call('GET', path)
    t.match(
      headers,
      {
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'content-security-policy': /default-src 'none'.*frame-ancestors 'none'/,
      },
      path,
    )
    t.equal(headers['strict-transport-security'], undefined)
  }
  const stream = await app.inject({ method: 'HEAD', url: '/api/v1/monitor/stream', headers: { host: 'localhost' } })
  t.equal(stream.headers['x-frame-options'], 'DENY', 'streams too')
})

void t.test('the address of a caller is that of who connects, or what a trusted proxy says of it', async (t) => {
  const limits = { read: 10, write: 10, streams: 1 }
  const left = async (app: Awaited<ReturnType<typeof startApi>>['app'], remoteAddress: string, forwarded: string) => {
    const headers = { host: 'localhost', 'x-forwarded-for': forwarded }
    const answer = await app.inject({ url: '/api/v1/devices', remoteAddress, headers })
    return Number(answer.headers['x-ratelimit-remaining'])
  }
  const { app } = await startApi(t, { limits, trustedProxies: ['192.0.2.1', '10.0.0.0/8'] })
  t.equal(await left(app, '192.0.2.1', '198.51.100.7'), 9)
  t.equal(await left(app, '192.0.2.1', '198.51.100.8'), 9, 'another caller behind the proxy')
  t.equal(
    await left(app, '10.1.2.3', '1.1.1.1, 198.51.100.7'),
    8,
    'what a caller put in front of it counts for nothing',
  )
  t.equal(await left(app, '10.1.2.3', '198.51.100.7, 10.9.9.9'), 7, 'through two proxies')
  t.equal(await left(app, '192.0.2.2', '198.51.100.7'), 9, 'who is no proxy is believed nothing')
  t.equal(await left(app, '192.0.2.2', '198.51.100.9'), 8)
  t.equal(await left(app, '192.0.2.1', 'nonsense'), 9)
})
