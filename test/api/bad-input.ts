/** Requests that are refused before the cluster hears of them. */

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

/** A request that is wrong, and what is said of it. */
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
/** Where tasks are submitted and listed. */
export const tasks = '/api/v1/tasks'
const post = { method: 'POST', path: tasks, in: 'body' }

/** All that can be wrong with a request. */
export const cases: readonly Case[] = [
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
  { name: 'a task type of number', ...post, body: submission({ task_type: 5 }), at: '/task_type', says: /a string/ },
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
    name: 'a line of a shell, without the shell',
    ...post,
    body: submission({ task_type: 'command', payload: { command: 'echo one && echo two' } }),
    at: '/payload/shell',
    says: /as a list, or add shell: true/,
  },
  {
    name: 'a list of arguments for a shell',
    ...post,
    body: submission({ task_type: 'command', payload: { command: ['echo'], shell: true } }),
    at: '/payload/shell',
    says: /'shell' must be false/,
  },
  {
    name: 'an empty command',
    ...post,
    body: submission({ task_type: 'command', payload: { command: [] } }),
    at: '/payload/command',
    says: /at least 1 item$/,
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
  {
    name: 'a task type that is no name',
    ...post,
    body: submission({ task_type: 'a b' }),
    at: '/task_type',
    says: /must be 1 to 64 of the letters/,
  },
  { name: 'a cursor that is none', path: `${tasks}?cursor=a%20b`, in: 'query', at: '/cursor' },
  { name: 'a parameter in brackets', path: '/api/v1/devices?tag[]=a', in: 'query', at: '/tag[]' },
  { name: '__proto__ as a parameter', path: '/api/v1/devices?__proto__=a', in: 'query', at: '/__proto__' },
  { name: 'an empty parameter name', path: '/api/v1/devices?=a', in: 'query', at: '/' },
  {
    name: 'an id with a space',
    path: '/api/v1/devices/a%20b',
    in: 'path',
    at: '/device_id',
    says: /must be 1 to 64 of the letters A–Z and a–z/,
  },
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
  ...(
    [
      ['a wrong content type', 'a=b', 'application/x-www-form-urlencoded'],
      ['text as a content type', '{}', 'text/plain'],
      ['a content type that is none', '{}', 'json'],
    ] as const
  ).map(([name, body, type]) => ({ name, ...post, body, type, status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' })),
  { name: 'an unknown path', path: '/api/v1/nothing', status: 404, code: 'NOT_FOUND' },
  {
    name: 'an unknown path with a broken body',
    method: 'POST',
    path: '/nothing',
    body: '{',
    status: 404,
    code: 'NOT_FOUND',
  },
  { name: 'a wrong method', method: 'PUT', path: tasks, status: 405, code: 'METHOD_NOT_ALLOWED' },
]
