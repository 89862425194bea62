import t from 'tap'
import { cases, tasks } from './bad-input.ts'
import { startApi } from './start-api.ts'

void t.test('instants that exist are taken, in either form', async (t) => {
  const { call } = await startApi(t)
  for (const instant of [
    '0',
    '1795521600',
    '1795521600.123',
    '2026-11-24T12:00:00Z',
    '2026-11-24t12:00:00.123456789z',
    '2026-11-24T12:00:00%2B05:30',
    '2028-02-29T23:59:59Z',
    '2000-02-29T00:00:00Z',
  ]) {
    t.equal((await call('GET', `${tasks}?since=${instant}&until=${instant}`)).status, 200, instant)
  }
})

void t.test('a huge body that is wrong all over is refused at once, with the first thing that is wrong', async (t) => {
  const { call, calls } = await startApi(t)
  const body = `{"tasks":[${'1,'.repeat(900_000)}1]}`
  const headers = { 'Content-Type': 'application/json' }
  const { status, error } = await call('POST', '/api/v1/tasks/batch', { headers, body }).then((answer) => ({
    ...answer.json(),
    status: answer.status,
  }))
  t.equal(status, 400)
  t.equal(error?.code, 'VALIDATION_ERROR')
  t.match(error?.details.issues, [{ in: 'body', path: /^\/tasks/ }])
  t.equal(error?.details.issues?.length, 1)
  t.same(calls, [])
})

void t.test('a batch of moderate size hears all that is wrong', async (t) => {
  const { send } = await startApi(t)
  const wrong = Array.from({ length: 200 }, () => ({ task_type: 'echo', payload: { repeat: 0 } }))
  const { error } = (await send('POST', '/api/v1/tasks/batch', { tasks: wrong })).json()
  t.equal(error?.details.issues?.length, 50, 'at most 50 are told')
  t.match(error?.details.issues?.[0], { path: '/tasks/0/payload/repeat' })
  t.match(error?.details.issues?.[49], { path: '/tasks/49/payload/repeat' })
})

void t.test('bad input gives its error envelope, and reaches no cluster', async (t) => {
  const { call, calls } = await startApi(t)
  for (const { name, method = 'GET', path, body, type = 'application/json', ...expected } of cases) {
    const bytes = body === undefined ? undefined : Buffer.from(body, name.includes('UTF-8') ? 'latin1' : 'utf8')
    const headers = bytes === undefined ? {} : { 'Content-Type': type, 'Content-Length': String(bytes.length) }
    const answer = await call(method, path, { headers, ...(bytes === undefined ? {} : { body: bytes }) })
    const { status, error } = answer.json()
    const [issue] = error?.details.issues ?? []
    t.equal(answer.status, expected.status ?? 400, `${name}: ${answer.text}`)
    t.equal(status, 'error', name)
    t.equal(error?.code, expected.code ?? 'VALIDATION_ERROR', name)
    if (expected.code !== undefined) continue
    t.equal(issue?.in, expected.in, `${name}: the part`)
    if (expected.at !== undefined) t.equal(issue?.path, expected.at, `${name}: the place`)
    if (expected.says !== undefined) t.match(issue?.message, expected.says, `${name}: the words`)
    if (expected.suggestion !== undefined) t.equal(issue?.suggestion, expected.suggestion, `${name}: what was meant`)
    t.equal(error?.details.reason, issue?.message, `${name}: the reason is the first issue`)
    t.ok(issue !== undefined && error?.message.includes(issue.message), `${name}: the message tells the reason`)
  }
  t.same(calls, [], 'the cluster was asked nothing')
})

void t.test(
  'a body that is nested beyond all measure, or holds millions of values, is refused in one sentence',
  async (t) => {
    const { call, calls } = await startApi(t)
    const headers = { 'Content-Type': 'application/json' }
    const deep = '['.repeat(200_000) + ']'.repeat(200_000)
    const bodies: [string, string, RegExp][] = [
      ['/api/v1/tasks', `{"task_type":"mine","payload":{"a":${deep}}}`, /32 levels/],
      ['/api/v1/tasks', '{"a":'.repeat(200_000) + '1' + '}'.repeat(200_000), /32 levels/],
      ['/api/v1/tasks', '['.repeat(200_000), /JSON/],
      ['/api/v1/tasks/batch', `{"tasks":[${'1,'.repeat(5_000_000)}1]}`, /1000000 values/],
    ]
    for (const [path, body, says] of bodies) {
      const answer = await call('POST', path, { headers, body })
      t.equal(answer.status, 400, body.slice(0, 40))
      t.match(answer.json().error?.message, says)
      t.equal(answer.json().error?.details.issues?.length, 1)
    }
    t.same(calls, [], 'the cluster was asked nothing')
  },
)
