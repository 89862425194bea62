import t from 'tap'
import { type AddressInfo, createServer } from 'node:net'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import type { ApiKeyCreated } from '../../schemas/index.ts'
import { startFakeApi } from './fake-api.ts'
import { startCluster } from '../start-cluster.ts'
import { cleanEnvironment, ended, entry, runToEnd, start, temporaryDirectory } from './programs.ts'

type Test = Parameters<typeof temporaryDirectory>[0]

const KEY = 'key-of-the-agent'

/** An agent: the client of the official SDK, with a server of its own. */
const startAgent = async (t: Test, url: string, key: string, flags: readonly string[] = []) => {
  const client = new Client({ name: 'agent', version: '1.0.0' })
  const settings = { XDG_CONFIG_HOME: temporaryDirectory(t), RETIRE_CLUSTER_API_URL: url, RETIRE_CLUSTER_API_KEY: key }
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [entry('client'), 'mcp', ...flags],
    env: cleanEnvironment(settings) as Record<string, string>,
    stderr: 'ignore',
  })
  t.teardown(() => client.close())
  await client.connect(transport)
  const use = async (name: string, args: Record<string, unknown> = {}) =>
    (await client.callTool({ name, arguments: args })) as CallToolResult
  return { client, use }
}

/** The URL of a port that was free a moment ago. */
const closedUrl = async (): Promise<string> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

/** The text of an answer, which is what many hosts show. */
const textOf = ({ content: [first] }: CallToolResult): string => (first?.type === 'text' ? first.text : '')

void t.test('retire-cluster mcp', async (t) => {
  const cluster = await startCluster(t, { workers: 1, key: KEY })

  await t.test('an agent that may write lists the tools, submits a task and reads its result', async (t) => {
    const { client, use } = await startAgent(t, cluster.url, KEY, ['--allow-write'])
    const { tools } = await client.listTools()
    const names = tools.map(({ name }) => name)
    t.ok(['listDevices', 'submitTask', 'getTask', 'submitBatch'].every((name) => names.includes(name)))
    t.notOk(names.includes('removeDevice'))
    t.match(
      tools.find(({ name }) => name === 'submitTask'),
      { inputSchema: { type: 'object', required: ['body'] }, annotations: { readOnlyHint: false } },
    )

    const body = { task_type: 'echo', payload: { message: 'from an agent' } }
    const submitted = await use('submitTask', { body, wait: 30 })
    t.strictSame(JSON.parse(textOf(submitted)), submitted.structuredContent, 'the text is the data')
    const { task_id } = submitted.structuredContent as { task_id: string }
    t.match((await use('getTask', { task_id, wait: 30 })).structuredContent, {
      task: { status: 'completed', result: { output: 'from an agent', exit_code: 0 } },
    })
    t.strictSame((await use('getTaskOutput', { task_id, offset: 5 })).structuredContent, {
      text: 'an agent',
      next_offset: 13,
      more: false,
    })

    const again = { body, idempotency_key: 'the-same' }
    const [first, second] = [await use('submitTask', again), await use('submitTask', again)]
    t.strictSame(first.structuredContent, second.structuredContent, 'under one key it is done once')
  })

  await t.test('what tasks printed can be read as resources', async (t) => {
    const task_id = (await cluster.submit({ task_type: 'echo', payload: { message: 'kept' } })).task_id
    await cluster.task(task_id, 30)
    const { client } = await startAgent(t, cluster.url, KEY)
    const { resources } = await client.listResources()
    const uri = `retire-cluster://tasks/${task_id}/output`
    t.match(
      resources.find((one) => one.uri === uri),
      { title: 'echo, completed', mimeType: 'text/plain' },
    )
    t.match(await client.readResource({ uri }), { contents: [{ text: 'kept' }] })
    await t.rejects(
      client.readResource({ uri: 'retire-cluster://tasks/task-none/output' }),
      /Task 'task-none' does not/,
    )
  })

  await t.test('it only reads, unless it is told otherwise', async (t) => {
    const { client, use } = await startAgent(t, cluster.url, KEY)
    const { tools } = await client.listTools()
    t.strictSame(
      tools.filter(({ annotations }) => annotations?.readOnlyHint !== true).map(({ name }) => name),
      [],
    )
    t.notOk(tools.some(({ name }) => name === 'listKeys'))
    const refused = await use('submitTask', { body: { task_type: 'echo', payload: {} } })
    t.equal(refused.isError, true)
    t.match(textOf(refused), /^submitTask needs the scope write,.*retire-cluster mcp --allow-write/)
    t.match(textOf(await use('removeDevice', { device_id: 'worker-1' })), '--allow-admin')
    t.match((await use('listDevices')).structuredContent, { devices: [{ id: 'worker-1', status: 'online' }] })
  })

  await t.test('one that may administer reads the config, which others may not', async (t) => {
    const { use } = await startAgent(t, cluster.url, KEY, ['--allow-admin'])
    t.match((await use('getConfig')).structuredContent, { config: { cluster: { heartbeat_interval: 60 } } })
    t.match(textOf(await use('submitTask', { body: {} })), '--allow-write', 'no scope implies another')
  })

  await t.test('an error of the API is a tool error with its sentence, and with what would be right', async (t) => {
    const { use } = await startAgent(t, cluster.url, KEY, ['--allow-write'])
    const wrong = await use('submitTask', { body: { task_type: 'ecko', payload: {} } })
    t.equal(wrong.isError, true)
    t.match(
      textOf(wrong),
      /^Task type 'ecko' is neither .* \(INVALID_TASK_TYPE, request [\w-]+\)\n\{.*"available_types"/,
    )
    t.match(wrong.structuredContent, { error: { code: 'INVALID_TASK_TYPE', details: { suggestion: 'echo' } } })
    t.match(textOf(await use('getTask')), 'The argument task_id is missing.')
  })

  await t.test('the key of an agent bounds it, whatever its server was started with', async (t) => {
    const { data } = await cluster.call<ApiKeyCreated>('POST', '/api/v1/keys', { name: 'agent', scopes: ['read'] })
    const { use } = await startAgent(t, cluster.url, data.secret, ['--allow-write'])
    t.match((await use('getClusterStatus')).structuredContent, { cluster_stats: { online_devices: 1 } })
    const refused = await use('submitTask', { body: { task_type: 'echo', payload: {} } })
    t.match(refused.structuredContent, { error: { code: 'PERMISSION_DENIED' } })
  })
})

void t.test('an API that is away is told to the agent, which can ask again', async (t) => {
  const url = await closedUrl()
  const { client, use } = await startAgent(t, url, 'some-key')
  const answer = await use('getClusterStatus')
  t.equal(answer.isError, true)
  t.match(textOf(answer), `The API at ${url} cannot be reached: nothing listens there.`)
  t.ok((await client.listTools()).tools.length > 10)
})

void t.test('a submission whose answer is lost is made again under its key', async (t) => {
  const submitted = { task_id: 'task-1', assigned_device: null, estimated_completion: null }
  const { url, keys } = await startFakeApi(t, ['cut off', { data: submitted }])
  const { use } = await startAgent(t, url, 'some-key', ['--allow-write'])
  t.strictSame((await use('submitTask', { body: { task_type: 'echo', payload: {} } })).structuredContent, submitted)
  t.equal(keys.length, 2)
  t.ok(keys[0])
  t.equal(keys[0], keys[1])
})

void t.test('it ends with its input, and with SIGTERM', async (t) => {
  const home = { XDG_CONFIG_HOME: temporaryDirectory(t) }
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'agent', version: '1' } },
  }
  const piped = await runToEnd(t, entry('client'), ['mcp'], home, `no JSON\n${JSON.stringify(initialize)}\n`)
  t.equal(piped.code, 0)
  t.match(JSON.parse(piped.stdout), { id: 1, result: { serverInfo: { name: 'retire-cluster' } } })
  t.match(piped.stderr, /^Serves http:\/\/localhost:8081 as MCP tools \(read\)/m)

  const child = start(t, entry('client'), ['mcp'], home)
  await new Promise((resolve) => child.stderr?.once('data', resolve))
  child.kill('SIGTERM')
  t.equal(await ended(child), 0)
})
