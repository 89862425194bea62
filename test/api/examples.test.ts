import { PassThrough } from 'node:stream'
import t from 'tap'
import type { OpenApiDocument } from '../../src/api/document/document.ts'
import { artifact, artifactQuery, artifactText } from '../../src/api/examples/artifacts.ts'
import { batchSubmission } from '../../src/api/examples/batches.ts'
import { configPatch } from '../../src/api/examples/config.ts'
import { deviceBatch, devicePatch, pingRequest } from '../../src/api/examples/devices.ts'
import { joinTokenRequest } from '../../src/api/examples/join-tokens.ts'
import { keyRequest } from '../../src/api/examples/keys.ts'
import { taskRetryRequest, taskSubmission } from '../../src/api/examples/tasks.ts'
import type { ApiKey, JoinToken, TaskStatus, TaskSubmitted } from '../../schemas/index.ts'
import { playScene } from './scene.ts'
import type { Answer } from './start-api.ts'

type Schema = {
  readonly $ref?: string
  readonly type?: string
  readonly anyOf?: readonly Schema[]
  readonly properties?: Record<string, Schema>
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
}
type Documented = {
  readonly operationId: string
  readonly responses: Record<string, { readonly content?: Record<string, { schema: Schema; example: unknown }> }>
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Where an example and a real answer differ in fields or types. What a schema leaves open, and null, say nothing. */
const differences = (document: OpenApiDocument) => {
  const follow = (schema: Schema): Schema =>
    schema.$ref === undefined ? schema : (document.components.schemas?.[schema.$ref.split('/').at(-1) ?? ''] as Schema)

  const compare = (written: Schema, example: unknown, real: unknown, path: string): string[] => {
    const schema = follow(written)
    if (example === null || real === null) return []
    const [only, ...others] = (schema.anyOf ?? []).filter(({ type }) => type !== 'null')
    if (only !== undefined) return others.length === 0 ? compare(only, example, real, path) : []
    if (Array.isArray(example) && Array.isArray(real)) {
      const [first] = example as unknown[]
      if (first === undefined || schema.items === undefined) return []
      const { items } = schema
      return real.flatMap((item, index) => compare(items, first, item, `${path}/${index}`))
    }
    if (isObject(example) && isObject(real)) {
      const { properties, additionalProperties } = schema
      if (properties !== undefined) {
        const names = new Set([...Object.keys(example), ...Object.keys(real)])
        return [...names].flatMap((name) => {
          if (!(name in real)) return [`${path}/${name} is in the example only`]
          if (!(name in example)) return [`${path}/${name} is in the real answer only`]
          return compare(properties[name] ?? {}, example[name], real[name], `${path}/${name}`)
        })
      }
      if (!isObject(additionalProperties)) return []
      const [first] = Object.values(example)
      return first === undefined
        ? []
        : Object.entries(real).flatMap(([key, value]) => compare(additionalProperties, first, value, `${path}/${key}`))
    }
    return schema.type === undefined || typeof example === typeof real
      ? []
      : [`${path} is ${typeof example} in the example, ${typeof real} in the real answer`]
  }
  return compare
}

void t.test('every example has exactly the fields that the real cluster answers with', async (t) => {
  const { world, api, tasks, players, send: submit } = await playScene(t)
  const document = JSON.parse((await api.call('GET', '/openapi.json')).text) as OpenApiDocument
  const compare = differences(document)
  const idOf = (wanted: TaskStatus) => tasks.find(({ status }) => status === wanted)?.task_id ?? ''
  const get = (path: string) => () => api.call('GET', path)
  const send = (method: string, path: string, body: unknown) => () => api.send(method, path, body)

  /** The task of the example, run by a device that meets its requirements. */
  const runExample = async () => {
    const { task_id, assigned_device } = await submit<TaskSubmitted>('POST', '/tasks', taskSubmission)
    const player = players.get(assigned_device ?? '')
    const run = player?.runs.find((each) => each.task_id === task_id)
    if (player === undefined || run === undefined) throw new Error('no device got the task')
    await player.start(run)
    const resource_usage = { peak_cpu_percent: 25.6, peak_memory_mb: 128, total_cpu_time_seconds: 4.8 }
    await player.finish(run, { resource_usage })
    return api.call('GET', `/api/v1/tasks/${task_id}`)
  }

  const removeKey = async () => {
    const { data } = (await api.send('POST', '/api/v1/keys', keyRequest)).json()
    return api.call('DELETE', `/api/v1/keys/${(data?.key as ApiKey).id}`)
  }

  const removeJoinToken = async () => {
    const { data } = (await api.send('POST', '/api/v1/join-tokens', joinTokenRequest)).json()
    return api.call('DELETE', `/api/v1/join-tokens/${(data?.join_token as JoinToken).id}`)
  }

  /** Of a file of which a part is here. */
  const findMissing = async () => {
    const [, sha256 = ''] = artifactQuery.sha256
    const body = new PassThrough()
    body.write('hel')
    const broken = world.node.cluster.artifacts.store({ sha256, offset: 0, body }).catch(() => undefined)
    body.destroy(new Error('the client is gone'))
    await broken
    return api.send('POST', '/api/v1/artifacts/missing', artifactQuery)
  }

  const requests: Record<string, () => Promise<Answer>> = {
    getTask: runExample,
    getHealth: get('/health'),
    getClusterStatus: get('/api/v1/cluster/status'),
    getClusterHealth: get('/api/v1/cluster/health'),
    getClusterMetrics: get('/api/v1/cluster/metrics'),
    getClusterConfig: get('/api/v1/cluster/config'),
    getConfig: get('/api/v1/config'),
    updateConfig: send('PUT', '/api/v1/config', configPatch),
    listDevices: get('/api/v1/devices'),
    getDevice: get('/api/v1/devices/d3'),
    updateDevice: send('PATCH', '/api/v1/devices/d3', devicePatch),
    approveDevice: () => api.call('POST', '/api/v1/devices/d3/approve'),
    updateDevices: send('POST', '/api/v1/devices/batch', deviceBatch),
    pingDevice: send('POST', '/api/v1/devices/d1/ping', pingRequest),
    submitTask: send('POST', '/api/v1/tasks', taskSubmission),
    submitBatch: send('POST', '/api/v1/tasks/batch', batchSubmission),
    getBatch: get('/api/v1/tasks/batch/batch-0'),
    cancelTasks: () => send('POST', '/api/v1/tasks/batch/cancel', { task_ids: [idOf('running'), 'task-zzz999'] })(),
    retryTasks: () => send('POST', '/api/v1/tasks/batch/retry', { task_ids: [idOf('failed')] })(),
    listTaskTypes: get('/api/v1/tasks/types'),
    listTasks: get('/api/v1/tasks'),
    getTaskPlacement: get(`/api/v1/tasks/${idOf('pending')}/placement`),
    cancelTask: () => api.call('DELETE', `/api/v1/tasks/${idOf('pending')}`),
    retryTask: send('POST', `/api/v1/tasks/${idOf('failed')}/retry`, taskRetryRequest),
    createKey: send('POST', '/api/v1/keys', keyRequest),
    listKeys: get('/api/v1/keys'),
    listAudit: get('/api/v1/audit'),
    removeKey,
    createJoinToken: send('POST', '/api/v1/join-tokens', joinTokenRequest),
    listJoinTokens: get('/api/v1/join-tokens'),
    removeJoinToken,
    storeArtifact: () => api.call('POST', '/api/v1/artifacts', { body: artifactText }),
    findMissingArtifacts: findMissing,
    removeArtifact: () => api.call('DELETE', `/api/v1/artifacts/${artifact.sha256}`),
    listLogs: get('/api/v1/logs'),
    getTaskStats: get('/api/v1/stats/tasks'),
    getDeviceStats: get('/api/v1/stats/devices'),
    removeDevice: () => api.call('DELETE', '/api/v1/devices/d2?force=true'),
  }
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods) as Documented[])
  const withJson = operations.flatMap(({ operationId, responses }) => {
    const [status = '', response] = Object.entries(responses)[0] ?? []
    const content = response?.content?.['application/json']
    return content === undefined ? [] : [{ operationId, status, content }]
  })
  t.strictSame(
    withJson.map(({ operationId }) => operationId).sort(),
    Object.keys(requests).sort(),
    'every operation that answers with JSON is recorded',
  )
  // In the order above: what is changed comes after what is looked at.
  for (const [operationId, request] of Object.entries(requests)) {
    const documented = withJson.find((operation) => operation.operationId === operationId)
    if (documented === undefined) continue
    const { status, content } = documented
    const answer = await request()
    t.equal(String(answer.status), status, `${operationId}: ${answer.text.slice(0, 300)}`)
    t.strictSame(compare(content.schema, content.example, answer.json(), ''), [], operationId)
  }
})
