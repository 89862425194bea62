import t from 'tap'
import { startApi } from './start-api.ts'

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

type Case = {
  readonly name: string
  readonly method?: string
  readonly path: string
  readonly body?: string
  readonly type?: string
  readonly status?: number
  readonly code?: string
  /** The first issue. */
  readonly in?: string
  readonly at?: string
  readonly says?: RegExp
  readonly suggestion?: string
}

const submission = (fields: object) => JSON.stringify({ task_type: 'echo', payload: {}, ...fields })
const tasks = '/api/v1/tasks'
const post = { method: 'POST', path: tasks, in: 'body' }

const cases: readonly Case[] = [
  { name: 'broken JSON', ...post, body: '{"task_type":', at: '', says: /not JSON/ },
  {
    name: 'a body that is not UTF-8',
    ...post,
    body: '{"task_type":"echo","payload":{"message":"\xff"}}',
    says: /UTF-8/,
  },
  { name: 'no body', ...post, says: /body is needed/ },
  { name: 'a JSON body that is no object', ...post, body: '[]', says: /must be an object, not an array/ },
  { name: 'null as a body', ...post, body: 'null', says: /must be an object, not null/ },
  { name: 'a missing field', ...post, body: '{"task_type":"echo"}', at: '/payload', says: /'payload' is missing/ },
  { name: 'a missing task type', ...post, body: '{"payload":{}}', at: '/task_type', says: /'task_type' is missing/ },
  {
    name: 'an empty task type',
    ...post,
    body: submission({ task_type: '' }),
    at: '/task_type',
    says: /at least 1 char/,
  },
  {
    name: 'a task type that is a number',
    ...post,
    body: submission({ task_type: 5 }),
    at: '/task_type',
    says: /a string/,
  },
  {
    name: 'an unknown field, with what was meant',
    ...post,
    body: submission({ priorty: 'high' }),
    at: '/priorty',
    suggestion: 'priority',
    says: /'priorty' is not known here \(did you mean 'priority'\?\)/,
  },
  {
    name: 'an unknown field of the payload, with what was meant',
    ...post,
    body: submission({ payload: { mesage: 'x' } }),
    at: '/payload/mesage',
    suggestion: 'message',
  },
  {
    name: 'a wrong type in a body, which is not converted',
    ...post,
    body: submission({ payload: { repeat: '3' } }),
    at: '/payload/repeat',
    says: /'repeat' must be a whole number, not a string/,
  },
  {
    name: 'null where a number is meant',
    ...post,
    body: submission({ timeout: null }),
    at: '/timeout',
    says: /not null/,
  },
  {
    name: 'a value outside of its range',
    ...post,
    body: submission({ timeout: 0 }),
    at: '/timeout',
    says: /at least 1/,
  },
  {
    name: 'a value that is none of the choices',
    ...post,
    body: submission({ priority: 'hihg' }),
    at: '/priority',
    suggestion: 'high',
    says: /must be one of "low", "normal", "high", "urgent"/,
  },
  {
    name: 'a command that is neither a list nor a text',
    ...post,
    body: submission({ task_type: 'command', payload: { command: 5 } }),
    at: '/payload/command',
    says: /must be an array or a string/,
  },
  {
    name: 'an empty command',
    ...post,
    body: submission({ task_type: 'command', payload: { command: [] } }),
    at: '/payload/command',
    says: /at least 1 items/,
  },
  {
    name: 'a metadata value that is no text',
    ...post,
    body: submission({ metadata: { a: 1 } }),
    at: '/metadata/a',
    says: /must be a string/,
  },
  {
    name: 'a metadata key with a NUL',
    ...post,
    body: submission({ metadata: { 'a\u0000': 'x' } }),
    at: '/metadata/a\u0000',
  },
  {
    name: 'a payload of a custom type that is a list',
    ...post,
    body: submission({ task_type: 'mine', payload: [] }),
    at: '/payload',
  },
  {
    name: 'a body too deep',
    ...post,
    body: submission({ task_type: 'mine', payload: { a: 0 } }).replace('0', nested(31)),
    says: /32 levels/,
  },
  { name: '__proto__ in a body', ...post, body: '{"task_type":"echo","payload":{},"__proto__":{}}', says: /refused/ },
  {
    name: '__proto__ deep in a body',
    ...post,
    body: submission({ task_type: 'mine' }).replace('{}', '{"a":{"__proto__":1}}'),
  },
  {
    name: 'constructor.prototype in a body',
    ...post,
    body: submission({ task_type: 'mine' }).replace('{}', '{"constructor":{"prototype":1}}'),
  },
  {
    name: 'an unknown field of a ping',
    method: 'POST',
    path: '/api/v1/devices/a/ping',
    in: 'body',
    body: '{"cuont":1}',
    suggestion: 'count',
  },
  {
    name: 'a body where none is possible',
    method: 'DELETE',
    path: `${tasks}/a`,
    in: 'body',
    body: '{"force":true}',
    says: /not possible/,
  },
  {
    name: 'a body of a GET',
    path: tasks,
    in: 'body',
    body: '{}',
    says: /not possible/,
  },
  {
    name: 'an unknown query parameter, with what was meant',
    path: '/api/v1/devices?limt=5',
    in: 'query',
    at: '/limt',
    suggestion: 'limit',
  },
  {
    name: 'a query where there is no parameter',
    path: '/api/v1/cluster/status?x=1',
    in: 'query',
    at: '/x',
    says: /not known/,
  },
  { name: 'a query on the health', path: '/health?verbose=true', in: 'query' },
  {
    name: 'a query parameter given twice',
    path: '/api/v1/devices?limit=5&limit=6',
    in: 'query',
    at: '/limit',
    says: /more than once/,
  },
  {
    name: 'a choice given twice',
    path: '/api/v1/devices?status=all&status=all',
    in: 'query',
    at: '/status',
    says: /more than once/,
  },
  ...['05', '1e1', '5.0', '0x10', '%201', '+5', '-5', '', '1001', '99999999999999999999'].map((limit) => ({
    name: `limit=${limit}`,
    path: `/api/v1/devices?limit=${limit}`,
    in: 'query',
    at: '/limit',
  })),
  ...['1', 'TRUE', 'yes', ''].map((force) => ({
    name: `force=${force}`,
    method: 'DELETE',
    path: `/api/v1/devices/a?force=${force}`,
    in: 'query',
    at: '/force',
    says: /true or false/,
  })),
  { name: 'wait=61', path: `${tasks}/a?wait=61`, in: 'query', at: '/wait', says: /at most 60/ },
  { name: 'wait=1e1', path: `${tasks}/a?wait=1e1`, in: 'query', at: '/wait' },
  ...[
    'yesterday',
    '2026-13-45',
    '2026-13-01T00:00:00Z',
    '2026-11-31T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '2026-11-24T24:00:00Z',
    '2026-11-24T12:60:00Z',
    '2026-11-24T12:00:60Z',
    '2026-11-24T12:00:00',
    '2026-11-24T12:00:00%2B24:00',
    '-1',
    '1e9',
    '',
  ].flatMap((instant) =>
    [tasks, '/api/v1/logs'].flatMap((path) =>
      ['since', 'until'].map((name) => ({
        name: `${name}=${instant}, which is no instant`,
        path: `${path}?${name}=${instant}`,
        in: 'query',
        at: `/${name}`,
        says: /must be an instant that exists/,
      })),
    ),
  ),
  { name: 'a cursor that is none', path: `${tasks}?cursor=a%20b`, in: 'query', at: '/cursor' },
  { name: 'a parameter in brackets', path: '/api/v1/devices?tag[]=a', in: 'query', at: '/tag[]' },
  { name: '__proto__ as a parameter', path: '/api/v1/devices?__proto__=a', in: 'query', at: '/__proto__' },
  { name: 'an empty parameter name', path: '/api/v1/devices?=a', in: 'query', at: '/' },
  { name: 'an id with a space', path: '/api/v1/devices/a%20b', in: 'path', at: '/device_id', says: /must match/ },
  {
    name: 'an id of 65 characters',
    path: `/api/v1/devices/${'a'.repeat(65)}`,
    in: 'path',
    at: '/device_id',
    says: /at most 64/,
  },
  {
    name: 'an id of 8,000 characters',
    path: `/api/v1/tasks/${'a'.repeat(8000)}`,
    in: 'path',
    at: '/task_id',
    says: /at most 64/,
  },
  { name: 'a path that is no percent-encoding', path: '/%zz', in: 'path', at: '' },
  {
    name: 'a wrong content type',
    ...post,
    body: 'a=b',
    type: 'application/x-www-form-urlencoded',
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  {
    name: 'text as a content type',
    ...post,
    body: '{}',
    type: 'text/plain',
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  {
    name: 'a content type that is none',
    ...post,
    body: '{}',
    type: 'json',
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  { name: 'an unknown path', path: '/api/v1/nothing', status: 404, code: 'NOT_FOUND' },
  {
    name: 'an unknown path with a broken body',
    method: 'POST',
    path: '/nothing',
    body: '{',
    status: 404,
    code: 'NOT_FOUND',
  },
  { name: 'the root', path: '/', status: 404, code: 'NOT_FOUND' },
  { name: 'a wrong method', method: 'PUT', path: tasks, status: 405, code: 'METHOD_NOT_ALLOWED' },
]

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
  const body = `{"tasks":[${'1,'.repeat(7_000_000)}1]}`
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
