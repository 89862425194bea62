import t from 'tap'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { OpenApiDocument } from '../../src/api/document/document.ts'
import { taskSubmitted } from '../../src/api/examples/tasks.ts'
import { keyOf, knowing } from './known-keys.ts'
import { artifactCalls } from './artifact-calls.ts'
import { calls, submission } from './calls.ts'
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

void t.test(
  'each operation asks the cluster once, answers with all that it returned, and as the document says',
  async (t) => {
    const { call, send, calls: asked } = await startApi(t)
    const document = JSON.parse((await call('GET', '/openapi.json')).text) as OpenApiDocument
    const invalid = answerValidator(document)
    for (const [id, method, path, body, operation, input, data] of [...calls, ...artifactCalls]) {
      const answer = body === undefined ? await call(method, path) : await send(method, path, body)
      const envelope = answer.json()
      t.equal(
        answer.status,
        ['submitTask', 'submitBatch', 'createKey', 'createJoinToken', 'storeArtifact'].includes(id) ? 201 : 200,
        `${method} ${path}: ${answer.text}`,
      )
      t.same(asked.pop(), { operation, input }, `${method} ${path} asks`)
      t.same(asked, [], 'once')
      t.strictSame(envelope.data, JSON.parse(JSON.stringify(data)), `${method} ${path}: nothing is lost on the way`)
      t.strictSame(Object.keys(envelope), ['status', 'data', 'timestamp', 'request_id'])
      t.match(envelope.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      t.equal(answer.headers['content-type'], 'application/json; charset=utf-8')
      t.equal(invalid(id, answer.status, envelope), '', `${id} is as documented`)
    }
    const tested = new Set<string>([...calls, ...artifactCalls].map(([id]) => id))
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
    auth: knowing({ k: keyOf('k', ['read']) }),
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
