import t from 'tap'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { ask, WrongArguments } from '../../src/cli/mcp/arguments.ts'
import { bounded, inDoubt, success, TEXT_LIMIT } from '../../src/cli/mcp/answers.ts'
import type { Document } from '../../src/cli/mcp/document.ts'
import { pieceOf } from '../../src/cli/mcp/task-output.ts'
import { type Tool, toolsOf } from '../../src/cli/mcp/tools.ts'
import { InDoubt } from '../../src/cli/client/under-key.ts'
import { openApiDocument } from '../../src/cli/package-files.ts'
import { ConnectionError } from '../../src/client/errors.ts'
import { routes } from '../../src/client/generated/routes.ts'
import type { OperationId } from '../../src/client/operations.ts'

type Example = { readonly operationId: string; readonly requestBody?: { content: Record<string, { example: object }> } }

const document = JSON.parse(await openApiDocument()) as Document
const tools = toolsOf(document)
const tool = (id: OperationId): Tool => {
  const found = tools.find((one) => one.id === id)
  if (found === undefined) throw new Error(`there is no tool ${id}`)
  return found
}

void t.test('every operation is a tool, but those that are said not to be', (t) => {
  const without = Object.keys(routes).filter((id) => !tools.some((one) => one.id === id))
  t.strictSame(
    new Set(without),
    new Set([
      ...['getPrometheusMetrics', 'streamEvents', 'getClusterConfig'],
      ...['storeArtifact', 'getArtifact', 'getBatchArtifacts'],
    ]),
  )
  for (const { id, title, description, isReading } of tools) {
    t.ok(description.startsWith(`${title}. `), `${id} says what it does`)
    t.match(id, /^[A-Za-z0-9_-]{1,64}$/, 'a name that every host takes')
    t.equal(isReading, routes[id][0] === 'GET' || id === 'findMissingArtifacts')
  }
  t.end()
})

void t.test('a tool needs the scope of its operation', (t) => {
  const scopes = { getHealth: null, listTasks: 'read', submitTask: 'write', removeDevice: 'admin', listKeys: 'admin' }
  for (const [id, scope] of Object.entries(scopes)) t.equal(tool(id as OperationId).scope, scope, id)
  t.end()
})

void t.test('the schema of each tool is whole, and takes the example of the document', (t) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  const examples = Object.values(document.paths).flatMap((methods) => Object.values(methods) as unknown as Example[])
  for (const { id, inputSchema } of tools) {
    t.notMatch(JSON.stringify(inputSchema), '#/components/', `${id} refers to nothing outside`)
    const validate = ajv.compile(inputSchema)
    const body = examples.find(({ operationId }) => operationId === id)?.requestBody?.content['application/json']
      ?.example
    if (body === undefined) continue
    const path = Object.entries(tool(id).places).filter(([, place]) => place === 'path')
    const given = { body, ...Object.fromEntries(path.map(([name]) => [name, 'some-id'])) }
    t.ok(validate(given), `${id}: ${ajv.errorsText(validate.errors)}`)
  }
  t.end()
})

void t.test('arguments go where the operation has them', (t) => {
  const given = { body: { priority: 'high' }, task_id: 'task-1', idempotency_key: 'once' }
  t.strictSame(ask(tool('retryTask'), given), {
    path: { task_id: 'task-1' },
    query: {},
    body: { priority: 'high' },
    idempotency_key: 'once',
  })
  t.match(ask(tool('listDevices'), { status: 'online', tag: ['a', 'b'], limit: 5 }), {
    query: { status: 'online', tag: ['a', 'b'], limit: 5 },
    body: undefined,
  })
  t.end()
})

void t.test('wrong arguments are refused before anything is sent, and the sentence says what would be right', (t) => {
  const refused = (id: OperationId, given: Record<string, unknown>, said: RegExp) =>
    t.throws(() => ask(tool(id), given), { constructor: WrongArguments, message: said })
  refused('getTask', {}, /^The argument task_id is missing\. getTask takes wait, task_id\.$/)
  refused('getTask', { task_id: '../x' }, /^task_id must match pattern/)
  refused('listDevices', { statsu: 'online' }, /statsu is no argument of it\. Did you mean status\?/)
  refused('listDevices', { status: null }, /^status must be/)
  refused('submitTask', { body: '{"task_type": "echo"}' }, /^body must be object/)
  refused('getHealth', { verbose: true }, /getHealth takes no arguments\.$/)
  t.end()
})

void t.test('a tool waits for less time than hosts do, and never follows', (t) => {
  const longest = (id: OperationId) => tool(id).inputSchema.properties as Record<string, { maximum?: number }>
  for (const id of ['submitTask', 'getTask', 'getBatch'] as const) t.equal(longest(id).wait?.maximum, 50)
  t.strictSame(Object.keys(tool('getTaskOutput').places), ['offset', 'task_id'])
  t.end()
})

void t.test('an answer that never came is told with the key under which the agent can ask again', (t) => {
  const { structuredContent, isError } = inDoubt(new InDoubt('key-1', new ConnectionError('cut')), 'http://pi:8081')
  t.equal(isError, true)
  t.match(structuredContent, {
    error: {
      idempotency_key: 'key-1',
      message: /^The API at http:\/\/pi:8081 .* called again with the idempotency_key key-1/,
    },
  })
  t.end()
})

void t.test('no answer fills the memory of an agent, and what is cut says how to get it', (t) => {
  const task = { task_id: 'task-1', result: { output: 'x'.repeat(12_345), exit_code: 0, value: ['short', null] } }
  const { tasks } = bounded({ tasks: [task] }) as { tasks: [typeof task] }
  t.match(tasks[0].result.output, /^x{10000}… \(2345 characters more; getTaskOutput /)
  t.strictSame(
    { ...tasks[0], result: { ...tasks[0].result, output: task.result.output } },
    task,
    'all else is as it was',
  )

  const many = { devices: Array.from({ length: 5000 }, (_, index) => ({ id: `device-${index}` })) }
  const { content, structuredContent } = success(many)
  const [first] = content
  t.ok(first?.type === 'text' && first.text.length < TEXT_LIMIT + 100)
  t.match(first, { text: /characters more; ask for less, by filters or a smaller limit\)$/ })
  t.strictSame(structuredContent, many, 'for programs it is whole')
  t.end()
})

void t.test('output comes in pieces that together are the whole, no character torn', (t) => {
  const text = `${'x'.repeat(TEXT_LIMIT - 1)}🍓${'y'.repeat(10)}`
  const first = pieceOf(text, 100)
  t.match(first, { next_offset: 100 + TEXT_LIMIT - 1, more: true })
  const rest = pieceOf(text.slice(first.next_offset - 100), first.next_offset)
  t.match(rest, { text: /^🍓y+$/, more: false, next_offset: 100 + text.length })
  t.equal(first.text + rest.text, text)
  t.end()
})
