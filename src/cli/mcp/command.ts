/** `retire-cluster mcp`: the API as tools for AI agents (Model Context Protocol), over the standard streams. */
import type { Scope } from '../../../schemas/access.ts'
import { command as declareCommand } from '../client/command.ts'
import { flag } from '../options/flag.ts'
import { toggle } from '../options/readers.ts'
import { openApiDocument } from '../package-files.ts'
import { version } from '../version.ts'
import type { Document } from './document.ts'

/** The command. */
export const command = declareCommand({
  name: 'mcp',
  summary: 'Serve the API as tools for AI agents (MCP), over standard input and output.',
  flags: {
    allow_write: flag(toggle, 'Let the agent submit, cancel and retry tasks, and ping devices.', false),
    allow_admin: flag(toggle, 'Let the agent change the config, devices and keys, and read the audit log.', false),
  },
  examples: [
    'retire-cluster mcp --api-url http://localhost:8081',
    'claude mcp add retire-cluster -- retire-cluster mcp --allow-write',
  ],
  run: async ({ api, settings }, { allow_write, allow_admin }) => {
    // Loaded here, so that the help of this command does without.
    const [{ StdioServerTransport }, { makeMcpServer }] = await Promise.all([
      import('@modelcontextprotocol/sdk/server/stdio.js'),
      import('./server.ts'),
    ])
    const { api_url: url } = settings.values
    const scopes: readonly Scope[] = [
      'read',
      ...(allow_write ? (['write'] as const) : []),
      ...(allow_admin ? (['admin'] as const) : []),
    ]
    const mcp = makeMcpServer({
      api: { connection: api, url },
      document: JSON.parse(await openApiDocument()) as Document,
      scopes,
      version,
    })
    const ended = new Promise<void>((resolve) => {
      mcp.server.onclose = resolve
    })
    // What the agent sent and this could not read, or could not send, is told to whoever looks; the next message counts.
    mcp.server.onerror = (error) => process.stderr.write(`retire-cluster: ${error.message}\n`)
    const close = () => void mcp.close()
    // The end of the input is how hosts end a server (MCP, "Lifecycle", shutdown over stdio).
    process.stdin.once('end', close)
    process.once('SIGTERM', close)
    process.once('SIGINT', close)
    await mcp.connect(new StdioServerTransport())
    process.stderr.write(`Serves ${url} as MCP tools (${scopes.join(', ')}) on standard input and output.\n`)
    await ended
  },
})
