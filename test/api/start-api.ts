/** Starts the API on a free port, in front of a cluster that only remembers what it was asked. */
import { type Test } from 'tap'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pino } from 'pino'
import { type ApiOptions, buildApi } from '../../src/api/app.ts'
import { defaultLimits, type Limits } from '../../src/api/limits/budgets.ts'
import { artifact, artifactRemoved, artifactsMissing, artifactText } from '../../src/api/examples/artifacts.ts'
import { auditList } from '../../src/api/examples/audit.ts'
import { batchCancellation, batchProgress, batchRetried, batchSubmitted } from '../../src/api/examples/batches.ts'
import { clusterHealth, clusterMetrics, clusterStatus } from '../../src/api/examples/cluster.ts'
import { configUpdated, configView } from '../../src/api/examples/config.ts'
import {
  deviceBatchOutcome,
  deviceDetail,
  deviceList,
  deviceRemoval,
  pingResults,
} from '../../src/api/examples/devices.ts'
import { joinTokenCreated, joinTokenList, joinTokenRemoved } from '../../src/api/examples/join-tokens.ts'
import { keyCreated, keyList, keyRemoved } from '../../src/api/examples/keys.ts'
import { logList } from '../../src/api/examples/logs.ts'
import { taskPlacement } from '../../src/api/examples/placement.ts'
import { deviceStats, taskStats } from '../../src/api/examples/stats.ts'
import {
  taskCancellation,
  taskDetail,
  taskList,
  taskRetried,
  taskSubmitted,
  taskTypeList,
} from '../../src/api/examples/tasks.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'

/** What the cluster was asked: the operation, and its input. */
type Call = { readonly operation: string; readonly input: unknown }

/** A cluster that gives the examples, or what `answers` says instead. */
const fakeCluster = (calls: Call[], answers: Record<string, () => Promise<unknown>>): Cluster => {
  const operation =
    <T>(name: string, example: T) =>
    async (input?: unknown): Promise<T> => {
      calls.push({ operation: name, input })
      return ((await answers[name]?.()) as T | undefined) ?? example
    }
  return {
    status: operation('status', clusterStatus),
    health: operation('health', clusterHealth),
    metrics: operation('metrics', clusterMetrics),
    devices: {
      list: operation('devices.list', deviceList),
      get: operation('devices.get', deviceDetail),
      ping: operation('devices.ping', pingResults),
      update: operation('devices.update', deviceDetail),
      approve: operation('devices.approve', deviceDetail),
      batch: operation('devices.batch', deviceBatchOutcome),
      remove: operation('devices.remove', deviceRemoval),
    },
    tasks: {
      submit: operation('tasks.submit', taskSubmitted),
      submitBatch: operation('tasks.submitBatch', batchSubmitted),
      batch: operation('tasks.batch', batchProgress),
      cancelBatch: operation('tasks.cancelBatch', batchCancellation),
      retryBatch: operation('tasks.retryBatch', batchRetried),
      types: operation('tasks.types', taskTypeList),
      output: operation('tasks.output', { text: '', next_offset: 0, ended: true }),
      list: operation('tasks.list', taskList),
      get: operation('tasks.get', taskDetail),
      placement: operation('tasks.placement', taskPlacement),
      cancel: operation('tasks.cancel', taskCancellation),
      retry: operation('tasks.retry', taskRetried),
    },
    artifacts: {
      get: operation('artifacts.get', artifact),
      missing: operation('artifacts.missing', artifactsMissing),
      remove: operation('artifacts.remove', artifactRemoved),
      store: async ({ body, ...input }) => {
        calls.push({ operation: 'artifacts.store', input })
        await text(body)
        return artifact
      },
      open: async (input) => {
        const answer = operation('artifacts.open', { artifact, body: Readable.from([Buffer.from(artifactText)]) })
        return answer(input)
      },
      ofBatch: operation('artifacts.ofBatch', []),
    },
    logs: { list: operation('logs.list', logList) },
    config: {
      get: operation('config.get', { ...configView, tag: 'tag-1' }),
      update: operation('config.update', configUpdated),
    },
    stats: { tasks: operation('stats.tasks', taskStats), devices: operation('stats.devices', deviceStats) },
    events: {
      after: operation('events.after', { events: [], reset: null, last: { id: '1.0', sequence: 0 }, more: false }),
      listen: () => () => undefined,
    },
    keys: {
      authenticate: operation('keys.authenticate', null),
      list: operation('keys.list', keyList),
      create: operation('keys.create', keyCreated),
      remove: operation('keys.remove', keyRemoved),
      onRemoved: () => () => undefined,
    },
    joinTokens: {
      list: operation('joinTokens.list', joinTokenList),
      create: operation('joinTokens.create', joinTokenCreated),
      remove: operation('joinTokens.remove', joinTokenRemoved),
    },
    // Refusals are not noted: they come after the answer.
    audit: { list: operation('audit.list', auditList), refused: () => Promise.resolve() },
    acting: (_deed, work) => work(),
    reachability: () => ({ reachable: true }),
  }
}

export type Answer = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The body as JSON. Throws where it is none. */
  readonly json: () => Envelope
}

/** Either envelope. */
export type Envelope = {
  status: string
  data?: Record<string, unknown>
  error?: { code: string; message: string; details: { issues?: Issue[]; reason?: string } & Record<string, unknown> }
  timestamp: string
  request_id: string
}

type Issue = { in: string; path: string; message: string; allowed?: unknown[]; suggestion?: string }

type Sent = { readonly headers?: Record<string, string | string[]>; readonly body?: string | Buffer }

/** How the API is set up; limits that are not named are those of the contract. */
type Setup = Partial<Omit<ApiOptions, 'cluster' | 'limits'> & { readonly limits: Partial<Limits> | null }>

/** Starts the API in front of a cluster. */
export const serve = async (t: Test, cluster: Cluster, { limits = {}, ...options }: Setup = {}) => {
  const lines: string[] = []
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString())
      done()
    },
  })
  const app = await buildApi({
    cluster,
    version: '1.2.3',
    log: pino({ level: 'debug' }, stream),
    auth: null,
    mode: () => 'embedded',
    limits: limits === null ? null : { ...defaultLimits, ...limits },
    ...options,
  })
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo

  /** One request, on a connection of its own. */
  const call = (method: string, path: string, { headers = {}, body }: Sent = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          const json = () => JSON.parse(text) as Envelope
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json })
        })
      })
      sent.on('error', reject)
      sent.end(body)
    })

  /** A request with a JSON body. */
  const send = (method: string, path: string, json: unknown, headers: Record<string, string> = {}) =>
    call(method, path, { headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(json) })

  /** Bytes as they are, on a bare socket; all that comes back until it is closed. */
  const raw = (bytes: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      let text = ''
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
      socket.on('error', reject)
      socket.on('close', () => resolve(text))
      socket.end(bytes)
    })

  return { app, port, call, send, raw, lines }
}

/** The API in front of a cluster that only remembers what it was asked. */
export const startApi = async (
  t: Test,
  options: Setup & {
    readonly answers?: Record<string, () => Promise<unknown>>
    readonly reachability?: Cluster['reachability']
  } = {},
) => {
  const calls: Call[] = []
  const { answers = {}, reachability, ...api } = options
  const cluster = fakeCluster(calls, answers)
  const served = await serve(t, { ...cluster, ...(reachability === undefined ? {} : { reachability }) }, api)
  return { ...served, calls }
}
