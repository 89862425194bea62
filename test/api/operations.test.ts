import t from 'tap'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { OpenApiDocument } from '../../src/api/document/document.ts'
import { batchProgress, batchSubmission, batchSubmitted } from '../../src/api/examples/batches.ts'
import { clusterHealth, clusterMetrics, clusterStatus } from '../../src/api/examples/cluster.ts'
import { configPatch, configUpdated, configView } from '../../src/api/examples/config.ts'
import {
  deviceBatch,
  deviceBatchOutcome,
  deviceDetail,
  deviceList,
  deviceRemoval,
  pingResults,
} from '../../src/api/examples/devices.ts'
import { logList } from '../../src/api/examples/logs.ts'
import { deviceStats, taskStats } from '../../src/api/examples/stats.ts'
import {
  taskCancellation,
  taskDetail,
  taskList,
  taskRetried,
  taskSubmitted,
  taskTypeList,
} from '../../src/api/examples/tasks.ts'
import { startApi } from './start-api.ts'

type Documented = { operationId: string; responses: Record<string, { content?: object }> }

/** Follows a reference within the document. */
const follow = (document: OpenApiDocument, node: object): object => {
  if (!('$ref' in node)) return node
  const [, , section = '', name = ''] = (node.$ref as string).split('/')
  return document.components[section]?.[name] as object
}

/** Validates an answer against what the served document says of that operation and status. */
const answerValidator = (document: OpenApiDocument) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ;(formats as unknown as (ajv: Ajv2020) => void)(ajv)
  ajv.addSchema({ $id: 'document', ...document })
  const operations = new Map(
    Object.values(document.paths)
      .flatMap((methods) => Object.values(methods) as Documented[])
      .map((operation) => [operation.operationId, operation]),
  )
  return (id: string, status: number, body: unknown): string => {
    const response = operations.get(id)?.responses[String(status)]
    if (response === undefined) return `${id} documents no ${status}`
    const { content } = follow(document, response) as { content: { 'application/json': { schema: { $ref: string } } } }
    const validate = ajv.getSchema(`document${content['application/json'].schema.$ref}`)
    return validate?.(body) === true ? '' : ajv.errorsText(validate?.errors)
  }
}

const submission = { task_type: 'echo', payload: { message: 'Hello' }, metadata: { a: 'b' } }

const api = '/api/v1'
const metrics = `${api}/cluster/metrics`
const logs = `${api}/logs`
const logFilters = {
  level: 'error',
  device_id: 'a',
  task_id: 'b',
  component: 'link',
  since: '0',
  until: '1',
  limit: 5,
  cursor: 'abc',
}
const logQuery = new URLSearchParams(
  Object.entries(logFilters).map(([name, value]): [string, string] => [name, String(value)]),
)

/** Operation, request, what the cluster gets, and the `data` that comes back. */
const operations = [
  ['getClusterStatus', 'GET', '/api/v1/cluster/status', undefined, 'status', undefined, clusterStatus],
  ['getClusterHealth', 'GET', `${api}/cluster/health`, undefined, 'health', undefined, clusterHealth],
  ['getClusterMetrics', 'GET', metrics, undefined, 'metrics', { period: '1h', type: 'all' }, clusterMetrics],
  [
    'getClusterMetrics',
    'GET',
    `${metrics}?period=7d&type=disk`,
    undefined,
    'metrics',
    { period: '7d', type: 'disk' },
    clusterMetrics,
  ],
  ['getConfig', 'GET', `${api}/config`, undefined, 'config.get', undefined, configView],
  ['getClusterConfig', 'GET', `${api}/cluster/config`, undefined, 'config.get', undefined, configView],
  [
    'updateConfig',
    'PUT',
    `${api}/config`,
    configPatch,
    'config.update',
    { patch: configPatch, expected_tag: null },
    configUpdated,
  ],
  [
    'updateDevice',
    'PATCH',
    `${api}/devices/a`,
    { display_name: null },
    'devices.update',
    { device_id: 'a', patch: { display_name: null } },
    { device: deviceDetail },
  ],
  ['updateDevices', 'POST', `${api}/devices/batch`, deviceBatch, 'devices.batch', deviceBatch, deviceBatchOutcome],
  ['submitBatch', 'POST', `${api}/tasks/batch`, batchSubmission, 'tasks.submitBatch', batchSubmission, batchSubmitted],
  [
    'getBatch',
    'GET',
    `${api}/tasks/batch/b?wait=3`,
    undefined,
    'tasks.batch',
    { batch_id: 'b', wait: 3 },
    batchProgress,
  ],
  ['listTaskTypes', 'GET', `${api}/tasks/types`, undefined, 'tasks.types', undefined, taskTypeList],
  ['listLogs', 'GET', logs, undefined, 'logs.list', { level: 'info', limit: 100 }, logList],
  ['listLogs', 'GET', `${logs}?${logQuery.toString()}`, undefined, 'logs.list', logFilters, logList],
  [
    'getTaskStats',
    'GET',
    `${api}/stats/tasks`,
    undefined,
    'stats.tasks',
    { period: '24h', group_by: 'device' },
    taskStats,
  ],
  [
    'getDeviceStats',
    'GET',
    `${api}/stats/devices?period=30d`,
    undefined,
    'stats.devices',
    { period: '30d' },
    deviceStats,
  ],
  [
    'listDevices',
    'GET',
    '/api/v1/devices',
    undefined,
    'devices.list',
    { status: 'all', role: 'all', sort: 'name', limit: 100 },
    deviceList,
  ],
  [
    'listDevices',
    'GET',
    '/api/v1/devices?status=online&role=compute&platform=linux&tag=a&tag=b&sort=cpu&order=desc&limit=7&cursor=abc',
    undefined,
    'devices.list',
    {
      status: 'online',
      role: 'compute',
      platform: 'linux',
      tag: ['a', 'b'],
      sort: 'cpu',
      order: 'desc',
      limit: 7,
      cursor: 'abc',
    },
    deviceList,
  ],
  [
    'listDevices',
    'GET',
    '/api/v1/devices?tag=a',
    undefined,
    'devices.list',
    { status: 'all', role: 'all', sort: 'name', limit: 100, tag: ['a'] },
    deviceList,
  ],
  [
    'getDevice',
    'GET',
    '/api/v1/devices/android-001',
    undefined,
    'devices.get',
    { device_id: 'android-001' },
    { device: deviceDetail },
  ],
  [
    'removeDevice',
    'DELETE',
    '/api/v1/devices/a',
    undefined,
    'devices.remove',
    { device_id: 'a', force: false },
    deviceRemoval,
  ],
  [
    'removeDevice',
    'DELETE',
    '/api/v1/devices/a?force=true',
    undefined,
    'devices.remove',
    { device_id: 'a', force: true },
    deviceRemoval,
  ],
  [
    'pingDevice',
    'POST',
    '/api/v1/devices/a/ping',
    { timeout: 0.5, count: 2 },
    'devices.ping',
    { device_id: 'a', timeout: 0.5, count: 2 },
    { ping_results: pingResults },
  ],
  ['submitTask', 'POST', '/api/v1/tasks', submission, 'tasks.submit', { submission, wait: 0 }, taskSubmitted],
  [
    'submitTask',
    'POST',
    '/api/v1/tasks?wait=2.5',
    submission,
    'tasks.submit',
    { submission, wait: 2.5 },
    taskSubmitted,
  ],
  ['listTasks', 'GET', '/api/v1/tasks', undefined, 'tasks.list', { status: 'all', limit: 50 }, taskList],
  [
    'listTasks',
    'GET',
    '/api/v1/tasks?status=failed&device_id=a&task_type=echo&priority=high&batch_id=b&since=1640995200&until=2026-11-24T12:00:00Z&limit=1000',
    undefined,
    'tasks.list',
    {
      status: 'failed',
      device_id: 'a',
      task_type: 'echo',
      priority: 'high',
      batch_id: 'b',
      since: '1640995200',
      until: '2026-11-24T12:00:00Z',
      limit: 1000,
    },
    taskList,
  ],
  [
    'getTask',
    'GET',
    '/api/v1/tasks/task-1?wait=60',
    undefined,
    'tasks.get',
    { task_id: 'task-1', wait: 60 },
    { task: taskDetail },
  ],
  ['cancelTask', 'DELETE', '/api/v1/tasks/task-1', undefined, 'tasks.cancel', { task_id: 'task-1' }, taskCancellation],
  [
    'retryTask',
    'POST',
    '/api/v1/tasks/task-1/retry',
    { priority: 'high' },
    'tasks.retry',
    { task_id: 'task-1', priority: 'high' },
    taskRetried,
  ],
] as const

void t.test(
  'each operation asks the cluster once, answers with all that it returned, and as the document says',
  async (t) => {
    const { call, send, calls } = await startApi(t)
    const document = JSON.parse((await call('GET', '/openapi.json')).text) as OpenApiDocument
    const invalid = answerValidator(document)
    for (const [id, method, path, body, operation, input, data] of operations) {
      const answer = body === undefined ? await call(method, path) : await send(method, path, body)
      const envelope = answer.json()
      t.equal(
        answer.status,
        ['submitTask', 'submitBatch'].includes(id) ? 201 : 200,
        `${method} ${path}: ${answer.text}`,
      )
      t.same(calls.pop(), { operation, input }, `${method} ${path} asks`)
      t.same(calls, [], 'once')
      t.strictSame(envelope.data, JSON.parse(JSON.stringify(data)), `${method} ${path}: nothing is lost on the way`)
      t.strictSame(Object.keys(envelope), ['status', 'data', 'timestamp', 'request_id'])
      t.match(envelope.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      t.equal(answer.headers['content-type'], 'application/json; charset=utf-8')
      t.equal(invalid(id, answer.status, envelope), '', `${id} is as documented`)
    }
    const tested = new Set<string>(operations.map(([id]) => id))
    const all = Object.values(document.paths).flatMap((methods) => Object.values(methods) as Documented[])
    const withJson = all.filter(({ responses }) =>
      Object.entries(responses).some(
        ([status, { content }]) => status.startsWith('2') && content !== undefined && 'application/json' in content,
      ),
    )
    t.strictSame(
      withJson.map(({ operationId }) => operationId).filter((id) => !tested.has(id)),
      ['getHealth'],
      'every other operation with an envelope was called',
    )
    const health = await call('GET', '/health')
    t.equal(invalid('getHealth', health.status, health.json()), '')
  },
)

void t.test('a new task has a Location', async (t) => {
  const { send } = await startApi(t)
  const { headers } = await send('POST', '/api/v1/tasks', submission)
  t.equal(headers.location, `/api/v1/tasks/${taskSubmitted.task_id}`)
})

void t.test('errors are as the document says', async (t) => {
  const { call, send } = await startApi(t, {
    answers: { 'tasks.get': () => Promise.reject(new Error('broken')) },
    auth: {
      authenticate: (secret) =>
        Promise.resolve(
          secret === 'k'
            ? { id: 'k', name: 'k', scopes: ['read'], created_at: '', expires_at: null, last_used_at: null }
            : null,
        ),
    },
  })
  const document = JSON.parse((await call('GET', '/openapi.json')).text) as OpenApiDocument
  const invalid = answerValidator(document)
  const key = { 'X-API-Key': 'k' }
  const answers = [
    ['listTasks', await call('GET', '/api/v1/tasks?x=1', { headers: key })],
    ['listTasks', await call('GET', '/api/v1/tasks')],
    ['submitTask', await send('POST', '/api/v1/tasks', {}, key)],
    ['getTask', await call('GET', '/api/v1/tasks/a', { headers: key })],
    ['getTask', await call('GET', '/api/v1/tasks/a', { headers: { ...key, Accept: 'text/html' } })],
  ] as const
  t.strictSame(
    answers.map(([, { status }]) => status),
    [400, 401, 403, 500, 406],
  )
  for (const [id, answer] of answers) t.equal(invalid(id, answer.status, answer.json()), '', `${id} ${answer.status}`)
})
