import t from 'tap'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { startCluster } from '../../start-cluster.ts'
import { codeIn, commandLinesOf, sectionsOf } from './page.ts'
import { makeShell } from './shell.ts'

const PAGE = 'docs/clients/mcp.md'
const KEY = 'key-of-the-page'

type Configuration = {
  readonly mcpServers: Readonly<
    Record<string, { command: string; args: string[]; env: Readonly<Record<string, string>> }>
  >
}

void t.test('the page about agents works as it stands', async (t) => {
  const cluster = await startCluster(t, { workers: 1, key: KEY })
  const { run, environment } = makeShell(t, { RETIRE_CLUSTER_API_URL: cluster.url, RETIRE_CLUSTER_API_KEY: KEY })
  const [makeKey = '', ...more] = commandLinesOf(PAGE)
  t.strictSame(more, [])
  const [, secret = ''] = /^secret +(\S+)$/m.exec(await run(makeKey)) ?? []
  t.ok(secret)

  const [head] = sectionsOf(PAGE)
  const { mcpServers } = JSON.parse(head === undefined ? '{}' : codeIn(head, 'json')) as Configuration
  const { 'retire-cluster': server } = mcpServers
  if (server === undefined) throw new Error(`${PAGE} configures no server`)
  const { command, args, env } = server
  t.strictSame(env, { RETIRE_CLUSTER_API_URL: 'http://localhost:8081', RETIRE_CLUSTER_API_KEY: 'your-key' })
  const client = new Client({ name: 'host', version: '1.0.0' })
  t.teardown(() => client.close())
  // As hosts do: the command by its name, and the variables over their own.
  const own = { ...env, RETIRE_CLUSTER_API_URL: cluster.url, RETIRE_CLUSTER_API_KEY: secret }
  await client.connect(new StdioClientTransport({ command, args, env: { ...environment, ...own }, stderr: 'ignore' }))
  const body = { task_type: 'echo', payload: { message: 'by the page' } }
  const { structuredContent } = await client.callTool({ name: 'submitTask', arguments: { body, wait: 50 } })
  t.match(structuredContent, { task: { status: 'completed', result: { output: 'by the page' } } })
})
