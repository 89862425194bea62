import t from 'tap'
import { until } from '../start-cluster.ts'
import { keyOf, knowing } from './known-keys.ts'
import { openStream } from './open-stream.ts'
import { type Answer, startApi } from './start-api.ts'

const WINDOW_SECONDS = 900
const echo = { task_type: 'echo', payload: {} }

const auth = knowing({
  ann: keyOf('ann', ['read', 'write', 'admin']),
  bob: keyOf('bob', ['read', 'write', 'admin']),
  reader: keyOf('reader', ['read']),
})
const as = (key: string) => ({ headers: { 'X-API-Key': key } })

/** The limit and what is left, as an answer tells it. */
const told = ({ headers }: Answer): [unknown, unknown] => [
  Number(headers['x-ratelimit-limit']),
  Number(headers['x-ratelimit-remaining']),
]

void t.test('every counted answer tells the limit, what is left, and the instant of the next window', async (t) => {
  const { call, send } = await startApi(t, { limits: { read: 100, write: 50, streams: 2 } })
  const began = Date.now() / 1000
  const config = await call('GET', '/api/v1/config')
  const ifNoneMatch = { headers: { 'If-None-Match': String(config.headers.etag) } }
  const answers: [number, Answer][] = [
    [200, await call('GET', '/api/v1/devices')],
    [200, await call('HEAD', '/api/v1/devices')],
    [304, await call('GET', '/api/v1/config', ifNoneMatch)],
    [400, await call('GET', '/api/v1/devices?limt=1')],
    [404, await call('GET', '/nothing')],
    [406, await call('GET', '/api/v1/devices', { headers: { Accept: 'text/html' } })],
    [200, await call('GET', '/openapi.json')],
    [200, await call('GET', '/docs')],
  ]
  t.strictSame(told(config), [100, 99])
  for (const [index, [status, answer]] of answers.entries()) {
    t.equal(answer.status, status)
    t.strictSame(told(answer), [100, 98 - index], `the ${status} counts as a read`)
  }
  const writes: [number, Answer][] = [
    [201, await send('POST', '/api/v1/tasks', echo)],
    [400, await send('POST', '/api/v1/tasks', {})],
    [415, await call('POST', '/api/v1/tasks', { headers: { 'Content-Type': 'text/csv' }, body: 'a' })],
    [405, await call('PUT', '/api/v1/tasks')],
    [201, await send('POST', '/api/v1/tasks/batch', { tasks: Array<typeof echo>(1000).fill(echo) })],
  ]
  for (const [index, [status, answer]] of writes.entries()) {
    t.equal(answer.status, status)
    t.strictSame(told(answer), [50, 49 - index], `the ${status} counts as a write`)
  }
  const ended = Date.now() / 1000
  for (const answer of [config, ...answers.map(([, one]) => one), ...writes.map(([, one]) => one)]) {
    const reset = Number(answer.headers['x-ratelimit-reset'])
    t.ok(reset >= began + WINDOW_SECONDS && reset <= ended + WINDOW_SECONDS + 1, `${reset} is a window ahead`)
  }
  t.match(config.headers.ratelimit, /^"read";r=99;t=900$/)
  t.equal(config.headers['ratelimit-policy'], '"read";q=100;w=900')
  t.equal(writes[0]?.[1].headers['ratelimit-policy'], '"write";q=50;w=900')
  t.equal(config.headers['retry-after'], undefined)
})

void t.test('/health is not counted, and tells of no limit', async (t) => {
  const { call } = await startApi(t, { limits: { read: 1, write: 1, streams: 1 } })
  for (let again = 0; again < 5; again += 1) {
    const answer = await call('GET', '/health')
    t.equal(answer.status, 200)
    t.notOk(Object.keys(answer.headers).some((name) => name.includes('ratelimit')))
  }
  t.equal((await call('GET', '/api/v1/devices')).status, 200)
})

void t.test(
  'a used-up budget answers 429, says when to come back and what helps, and leaves the other one alone',
  async (t) => {
    const { call, send, calls } = await startApi(t, { limits: { read: 2, write: 2, streams: 1 } })
    await send('POST', '/api/v1/tasks', echo)
    await send('POST', '/api/v1/tasks', echo)
    const asked = calls.length
    const write = await send('POST', '/api/v1/tasks', echo)
    t.equal(write.status, 429)
    t.equal(calls.length, asked, 'the cluster was not asked')
    const { error } = write.json()
    t.equal(error?.code, 'RATE_LIMIT_EXCEEDED')
    t.equal(error?.details.limit, 2)
    t.match(error?.details.reason, /2 writes in 15 minutes/)
    t.match(error?.details.reason, /POST \/api\/v1\/tasks\/batch/)
    t.match(error?.message, /--rate-limit-write/)
    const retryAfter = Number(write.headers['retry-after'])
    t.ok(retryAfter > WINDOW_SECONDS - 60 && retryAfter <= WINDOW_SECONDS, `come back in ${retryAfter} s`)
    t.equal(error?.details.retry_after_seconds, retryAfter)
    t.strictSame(told(write), [2, 0])
    t.match(write.headers.ratelimit, /^"write";r=0;t=\d+$/)

    t.strictSame(told(await call('GET', '/api/v1/devices')), [2, 1], 'reads are counted apart')
    await call('GET', '/nothing')
    for (const path of ['/api/v1/devices', '/nothing', '/api/v1/devices?limt=1', '/metrics', '/openapi.json']) {
      const read = await call('GET', path, { headers: { 'Accept-Language': 'zh' } })
      t.equal(read.status, 429, path)
      t.match(read.json().error?.details.reason, /--rate-limit-read/)
      t.equal(read.headers['content-language'], 'zh-CN')
    }
    t.equal((await call('HEAD', '/api/v1/devices')).status, 429)
  },
)

void t.test(
  'each key has its budgets, whatever address it comes from; a missing key is counted against nobody',
  async (t) => {
    const { call, app } = await startApi(t, { auth, limits: { read: 3, write: 1, streams: 1 } })
    for (let again = 0; again < 5; again += 1) {
      const missing = await call('GET', '/api/v1/devices')
      t.equal(missing.status, 401)
      t.equal(missing.headers['x-ratelimit-limit'], undefined)
    }
    t.strictSame(told(await call('GET', '/api/v1/devices', as('ann'))), [3, 2])
    const elsewhere = await app.inject({ url: '/api/v1/devices', remoteAddress: '192.0.2.7', ...as('ann') })
    t.equal(elsewhere.headers['x-ratelimit-remaining'], '1')
    t.strictSame(told(await call('GET', '/api/v1/devices', as('bob'))), [3, 2])
    t.equal((await call('GET', '/api/v1/devices', as('ann'))).status, 200)
    t.equal((await call('GET', '/api/v1/devices', as('ann'))).status, 429)
    t.equal((await call('GET', '/api/v1/devices', as('bob'))).status, 200)
  },
)

void t.test('a refusal for lack of scope is counted as well', async (t) => {
  const { call } = await startApi(t, { auth, limits: { read: 3, write: 2, streams: 1 } })
  for (const remaining of [1, 0]) {
    const refused = await call('DELETE', '/api/v1/devices/android-001', as('reader'))
    t.equal(refused.status, 403)
    t.strictSame(told(refused), [2, remaining])
  }
  t.equal((await call('DELETE', '/api/v1/devices/android-001', as('reader'))).status, 429)
})

void t.test('without keys each address has its budgets; of IPv6 the /64, and IPv4 within IPv6 is IPv4', async (t) => {
  const { app } = await startApi(t, { limits: { read: 10, write: 10, streams: 1 } })
  const left = async (remoteAddress: string) => {
    const { headers } = await app.inject({ url: '/api/v1/devices', remoteAddress })
    return Number(headers['x-ratelimit-remaining'])
  }
  t.equal(await left('192.0.2.1'), 9)
  t.equal(await left('192.0.2.2'), 9)
  t.equal(await left('::ffff:192.0.2.1'), 8)
  t.equal(await left('2001:db8::1'), 9)
  t.equal(await left('2001:db8::2'), 8)
  t.equal(await left('2001:db8:0:1::1'), 9)
  t.equal(await left('192.0.2.2'), 8)
})

void t.test('X-Forwarded-For opens no other budget', async (t) => {
  const { call } = await startApi(t, { limits: { read: 10, write: 10, streams: 1 } })
  await call('GET', '/api/v1/devices', { headers: { 'X-Forwarded-For': '192.0.2.1' } })
  t.strictSame(told(await call('GET', '/api/v1/devices', { headers: { 'X-Forwarded-For': '192.0.2.2' } })), [10, 8])
})

void t.test('the start of a stream tells of the streams; one too many is refused until one is closed', async (t) => {
  const { port, call } = await startApi(t, { auth, limits: { read: 100, write: 1, streams: 2 } })
  const path = '/api/v1/monitor/stream'
  const mine = { 'X-API-Key': 'ann' }
  const first = await openStream(t, port, path, mine)
  t.equal(first.status, 200)
  t.equal(first.headers['x-ratelimit-limit'], '2')
  t.equal(first.headers['x-ratelimit-remaining'], '1')
  t.ok(Number(first.headers['x-ratelimit-reset']) >= Math.floor(Date.now() / 1000))
  t.equal(first.headers['ratelimit-policy'], '"read";q=100;w=900, "streams";q=2;qu="concurrent-requests"')
  t.match(first.headers.ratelimit, /^"read";r=99;t=900, "streams";r=1$/)
  const second = await openStream(t, port, path, mine)
  t.equal(second.headers['x-ratelimit-remaining'], '0')

  const third = await call('GET', path, as('ann'))
  t.equal(third.status, 429)
  t.strictSame(told(third), [2, 0])
  t.equal(third.headers['retry-after'], '5')
  t.equal(third.json().error?.details.limit, 2)
  t.match(third.json().error?.message, /2 monitor streams .*--rate-limit-streams/)
  const other = await openStream(t, port, path, { 'X-API-Key': 'bob' })
  t.equal(other.status, 200, 'another key has slots of its own')

  first.vanish()
  const again = await until('the slot came back', async () => {
    const stream = await openStream(t, port, path, mine)
    return stream.status === 429 ? undefined : stream
  })
  t.equal(again.status, 200)
})

void t.test('without limits nothing is counted, and no answer tells of any', async (t) => {
  const { port, call, send } = await startApi(t, { limits: null })
  const streams = await Promise.all(Array.from({ length: 12 }, () => openStream(t, port)))
  t.ok(streams.every(({ status }) => status === 200))
  for (let again = 0; again < 101; again += 1) await send('POST', '/api/v1/tasks', {})
  const answers = [await call('GET', '/api/v1/devices'), await send('POST', '/api/v1/tasks', echo), ...streams]
  for (const { status, headers } of answers) {
    t.ok(status < 300)
    t.notOk(Object.keys(headers).some((name) => name.includes('ratelimit')))
  }
})
