import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { ApiError, ClusterClient, type ClientOptions, ConnectionError, TimeoutError } from '../../src/client/index.ts'

type Seen = {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}
type Reply = (response: ServerResponse) => void

const envelope = (data: object): Reply => json(200, { status: 'success', data, timestamp: '', request_id: 'r' })
const json =
  (status: number, body: object, headers: Record<string, string> = {}): Reply =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
const refusal = (status: number, code: string, headers: Record<string, string> = {}): Reply =>
  json(
    status,
    { status: 'error', error: { code, message: `it is ${code}`, details: {} }, timestamp: '', request_id: 'r-1' },
    headers,
  )
const hangUp: Reply = (response) => response.destroy()

/** A server that gives these replies, one after the other; the last again and again. */
const serving = async (t: Test, ...replies: readonly Reply[]) => {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url = '', headers } = request
      const reply = replies[Math.min(seen.length, replies.length - 1)]
      seen.push({ method, url, headers, body })
      reply?.(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = `http://127.0.0.1:${address.port}`
  return { seen, url, client: (options: ClientOptions = {}) => new ClusterClient(url, options) }
}

void t.test('key, language and query go with the request, as the API takes them', async (t) => {
  const { client, seen, url } = await serving(t, envelope({ devices: [] }))
  await new ClusterClient(`${url}/`, { apiKey: 'k', language: 'zh' }).devices.list({ tag: ['a', 'b c'], limit: 5 })
  await client()
    .tasks.get('task/1 2')
    .catch(() => undefined)
  t.equal(seen[0]?.url, '/api/v1/devices?tag=a&tag=b+c&limit=5')
  t.match(seen[0]?.headers, { 'x-api-key': 'k', 'accept-language': 'zh' })
  t.equal(seen[1]?.url, '/api/v1/tasks/task%2F1%202')
  t.notOk(seen[1]?.headers['x-api-key'])
})

void t.test('reads are repeated when the connection breaks, and no more often than allowed', async (t) => {
  const healed = await serving(t, hangUp, hangUp, envelope({ ok: true }))
  t.match(await healed.client().cluster.status(), { ok: true })
  const broken = await serving(t, hangUp)
  await t.rejects(broken.client({ maxRetries: 1 }).cluster.status(), ConnectionError)
  t.equal(broken.seen.length, 2)
})

void t.test('a submission is repeated under one idempotency key', async (t) => {
  const { client, seen } = await serving(t, hangUp, envelope({ task_id: 'task-1' }))
  const task = await client().tasks.submit('echo', { message: 'x' }, { priority: 'high' })
  t.equal(task.task_id, 'task-1')
  const [first, second] = seen
  t.same(JSON.parse(first?.body ?? ''), { task_type: 'echo', payload: { message: 'x' }, priority: 'high' })
  t.match(first?.headers['idempotency-key'], /^[0-9a-f]{32}$/)
  t.equal(second?.headers['idempotency-key'], first?.headers['idempotency-key'])
})

void t.test('what is not safe to repeat is sent once', async (t) => {
  const { client, seen } = await serving(t, hangUp)
  await t.rejects(client().tasks.cancel('task-1'), ConnectionError)
  await t.rejects(client().devices.remove('device-1', { force: true }), ConnectionError)
  t.equal(seen.length, 2)
})

void t.test('a cluster that is away, or a budget that is used up, is tried again after Retry-After', async (t) => {
  const { client, seen } = await serving(
    t,
    refusal(503, 'CLUSTER_UNAVAILABLE', { 'retry-after': '0' }),
    refusal(429, 'RATE_LIMIT_EXCEEDED', { 'retry-after': '0' }),
    envelope({ cancelled_task: 'task-1' }),
  )
  t.match(await client().tasks.cancel('task-1'), { cancelled_task: 'task-1' })
  t.equal(seen.length, 3)
})

void t.test('a budget that is used up for long is told at once', async (t) => {
  const { client, seen } = await serving(t, refusal(429, 'RATE_LIMIT_EXCEEDED', { 'retry-after': '600' }))
  const error: unknown = await client()
    .cluster.status()
    .catch((one: unknown) => one)
  t.match(error, { code: 'RATE_LIMIT_EXCEEDED', status: 429, retryAfterSeconds: 600, request_id: 'r-1' })
  t.type(error, ApiError)
  t.equal(seen.length, 1)
})

void t.test('other refusals are not repeated', async (t) => {
  const { client, seen } = await serving(t, refusal(404, 'TASK_NOT_FOUND'))
  await t.rejects(client().tasks.get('task-1'), { code: 'TASK_NOT_FOUND', message: 'it is TASK_NOT_FOUND' })
  t.equal(seen.length, 1)
})

void t.test('what is not the API is told apart', async (t) => {
  const { client } = await serving(t, (response) => response.writeHead(502).end('<h1>Bad Gateway</h1>'))
  await t.rejects(client({ maxRetries: 0 }).cluster.status(), {
    name: 'ConnectionError',
    message: /HTTP 502.*not the Retire-Cluster API/,
  })
})

void t.test('the key is not carried to where a redirect points', async (t) => {
  const elsewhere = await serving(t, envelope({}))
  const { client } = await serving(t, (response) => response.writeHead(307, { location: elsewhere.url }).end())
  await t.rejects(client({ maxRetries: 0, apiKey: 'k' }).cluster.status(), ConnectionError)
  t.equal(elsewhere.seen.length, 0)
})

void t.test('a ping may take as long as its round trips, whatever other answers may take', async (t) => {
  const { client } = await serving(t, (response) =>
    setTimeout(() => envelope({ ping_results: { reachable: false } })(response), 200),
  )
  const { devices } = client({ timeoutMs: 50, maxRetries: 0 })
  t.match(await devices.ping('phone', { timeout: 30, count: 20 }), { ping_results: { reachable: false } })
})

void t.test('a server that does not answer is given up, and an abort ends a call with its reason', async (t) => {
  const { client } = await serving(t, () => undefined)
  await t.rejects(client({ timeoutMs: 50, maxRetries: 0 }).cluster.status(), TimeoutError)
  const leaving = new Error('the page was left')
  const controller = new AbortController()
  const asked = client().cluster.status({ signal: controller.signal })
  controller.abort(leaving)
  t.equal(await asked.catch((error: unknown) => error), leaving)
})

void t.test('an abort ends the pause before a repetition', async (t) => {
  const controller = new AbortController()
  const { client } = await serving(t, (response) => {
    refusal(503, 'CLUSTER_UNAVAILABLE', { 'retry-after': '30' })(response)
    setImmediate(() => controller.abort(new Error('enough')))
  })
  await t.rejects(client().cluster.status({ signal: controller.signal }), { message: 'enough' })
})

void t.test('what a task prints goes on where the connection broke', async (t) => {
  const cutAfter =
    (text: string): Reply =>
    (response) =>
      response.writeHead(200, { 'content-type': 'text/plain' }).write(text, () => response.destroy())
  const rest: Reply = (response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('fgh')
  const { client, seen } = await serving(t, cutAfter('aé移'), cutAfter('😀'), hangUp, rest)
  const pieces: string[] = []
  for await (const piece of client().tasks.followOutput('task-1')) pieces.push(piece)
  t.equal(pieces.join(''), 'aé移😀fgh')
  t.strictSame(
    seen.map(({ url }) => url.split('offset=')[1]),
    ['0', '3', '5', '5'],
  )
  const refused = await serving(t, refusal(404, 'TASK_NOT_FOUND'))
  await t.rejects(refused.client().tasks.followOutput('task-2').next(), { code: 'TASK_NOT_FOUND' })
})

void t.test('what a task has printed is asked for again when the connection breaks, and not for ever', async (t) => {
  const healed = await serving(t, hangUp, (response) =>
    response.writeHead(200, { 'content-type': 'text/plain' }).end('{"status":"error"}'),
  )
  t.equal(await healed.client().tasks.output('task-1'), '{"status":"error"}')
  t.match(healed.seen[0]?.headers, { accept: 'text/plain' })
  const silent = await serving(t, (response) => response.writeHead(200).write('a'))
  await t.rejects(silent.client({ timeoutMs: 50, maxRetries: 0 }).tasks.output('task-1'), TimeoutError)
  const refused = await serving(t, refusal(404, 'TASK_NOT_FOUND'), (response) => response.writeHead(404).end('<html>'))
  await t.rejects(refused.client().tasks.output('task-1'), { code: 'TASK_NOT_FOUND' })
  await t.rejects(refused.client().tasks.output('task-1'), { name: 'ConnectionError', status: 404 })
})

void t.test('a map has an end for each payload, or says which task is gone', async (t) => {
  const task_ids = ['task-1', 'task-2']
  const end = { task_id: 'task-2', status: 'completed' }
  const replies = [
    envelope({ task_ids }),
    envelope({ total: 2, completed: 2, failed: 0, cancelled: 0 }),
    envelope({ tasks: [end], next_cursor: null }),
  ]
  const late = await serving(t, ...replies, hangUp, envelope({ task: { ...end, task_id: 'task-1' } }))
  const tasks = await late.client({ maxRetries: 0 }).tasks.map('echo', [{}, {}])
  t.strictSame(
    tasks.map(({ task_id }) => task_id),
    task_ids,
  )
  const gone = await serving(t, ...replies, refusal(404, 'TASK_NOT_FOUND'))
  await t.rejects(gone.client().tasks.map('echo', [{}, {}]), { code: 'TASK_NOT_FOUND' })
  t.equal(gone.seen.at(-1)?.url, '/api/v1/tasks/task-1')
})

void t.test('aborting a map cancels all of its batch, by as many calls as it takes', async (t) => {
  const abort = new AbortController()
  const interrupt: Reply = () => abort.abort(new Error('enough'))
  const { client, seen } = await serving(
    t,
    envelope({ task_ids: ['task-1'] }),
    interrupt,
    envelope({ changed: 1000, more: true, outcomes: [] }),
    envelope({ changed: 7, more: false, outcomes: [] }),
  )
  await t.rejects(client().tasks.map('echo', [{}], { call: { signal: abort.signal } }), { message: 'enough' })
  t.strictSame(
    seen.slice(2).map(({ url }) => url),
    ['/api/v1/tasks/batch/cancel', '/api/v1/tasks/batch/cancel'],
  )
})

void t.test(
  'a map that is aborted before it knows what was taken in cancels it too; what was refused, it does not',
  async (t) => {
    const abort = new AbortController()
    const cutOff = await serving(
      t,
      () => abort.abort(new Error('enough')),
      envelope({ changed: 1, more: false, outcomes: [] }),
    )
    await t.rejects(cutOff.client().tasks.map('echo', [{}], { call: { signal: abort.signal } }), { message: 'enough' })
    t.equal(cutOff.seen.at(-1)?.url, '/api/v1/tasks/batch/cancel')
    const early = await serving(t, hangUp, refusal(404, 'NOT_FOUND'))
    const aborted = AbortSignal.timeout(1)
    await t.rejects(early.client().tasks.map('echo', [{}], { call: { signal: aborted } }), { name: 'TimeoutError' })
    const refused = await serving(t, refusal(400, 'INVALID_TASK_TYPE'))
    await t.rejects(refused.client().tasks.map('ecko', [{}]), { code: 'INVALID_TASK_TYPE' })
    t.equal(refused.seen.length, 1)
  },
)

void t.test(
  'what something else than the API refuses is not asked for again; where it is only busy, it is',
  async (t) => {
    const page =
      (status: number): Reply =>
      (response) =>
        response.writeHead(status).end('<html>')
    const tooLarge = await serving(t, page(413), envelope({ task_ids: ['task-1'] }))
    const batch = { tasks: [{ task_type: 'echo' as const, payload: {} }] }
    const error: unknown = await tooLarge
      .client()
      .tasks.submitBatch(batch)
      .catch((cause: unknown) => cause)
    t.ok(error instanceof ConnectionError && error.status === 413)
    t.equal(tooLarge.seen.length, 1)
    for (const status of [429, 502, 503]) {
      const busy = await serving(t, page(status), envelope({ devices: [] }))
      await busy.client().devices.list()
      t.equal(busy.seen.length, 2, `${status}`)
    }
  },
)
