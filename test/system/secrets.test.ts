import { readdirSync, readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import type { ApiKeyCreated, DeviceList, JoinTokenCreated, LogList } from '../../schemas/index.ts'
import { openStream } from '../api/open-stream.ts'
import { entry, logLine, start, temporaryDirectory } from '../cli/programs.ts'
import { until } from '../start-cluster.ts'
import { commandLinesBelow } from './command-lines.ts'

const MASTER = 'your-secret-key'
const JOIN_TOKEN = 'join-token-of-the-test'
const WRONG = 'rck_a-wrong-key-of-the-test'

const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((file) => file.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))

void t.test(
  'no key and no token is in a log, an answer, an event, a command line, or a file that others can read',
  async (t) => {
    const dataDir = join(temporaryDirectory(t), 'data')
    const ports = ['--port', '0', '--cluster-port', '0', '--cluster-bind', '127.0.0.1']
    const flags = ['--auth', '--local-worker', '--data-dir', dataDir, '--log-level', 'debug', ...ports]
    const api = start(t, entry('api'), flags, {
      RETIRE_CLUSTER_API_KEY: MASTER,
      RETIRE_CLUSTER_JOIN_TOKEN: JOIN_TOKEN,
    })
    api.stdout?.resume()
    let log = ''
    api.stderr?.on('data', (bytes: Buffer) => (log += bytes.toString()))
    const { port } = await logLine(api, ({ msg }) => msg === 'listening')
    const url = `http://127.0.0.1:${Number(port)}`
    const seen: string[] = []
    const call = async <T>(method: string, path: string, headers: Record<string, string>, body?: object) => {
      const response = await fetch(url + path, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      // The answers that are to bear a secret.
      if (!(method === 'POST' && /\/(?:keys|join-tokens)$/.test(path))) seen.push(text)
      return (JSON.parse(text) as { data: T }).data
    }
    const master = { 'x-api-key': MASTER }
    await until('the device is online', async () => {
      const { online } = await call<DeviceList>('GET', '/api/v1/devices', master)
      return online === 1 || undefined
    })
    const stream = await openStream(t, Number(port), '/api/v1/monitor/stream?level=debug', master)

    const made = await call<ApiKeyCreated>('POST', '/api/v1/keys', master, { name: 'a', scopes: ['read'] })
    const joining = await call<JoinTokenCreated>('POST', '/api/v1/join-tokens', master, {})
    const own = { authorization: `Bearer ${made.secret}` }
    await call('POST', '/api/v1/tasks?wait=20', master, { task_type: 'system_info', payload: {} })
    await call('POST', '/api/v1/tasks', own, { task_type: 'echo', payload: {} })
    await call('GET', `/api/v1/devices?api_key=${made.secret}`, own)
    await call('GET', `/api/v1/devices?X-API-Key=${WRONG}`, { 'x-api-key': WRONG })
    await call('GET', '/nothing', { authorization: `Basic ${WRONG}` })
    await call('GET', '/nothing', { 'x-api-key': WRONG, authorization: `Bearer ${made.secret}` })
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1').on('close', () => resolve())
      socket.on('data', (bytes) => seen.push(bytes.toString()))
      socket.end(`GET / HTTP/1.1\r\nX-API-Key: ${WRONG}\r\nnonsense\r\n\r\n`)
    })
    await call('GET', '/api/v1/keys', master)
    await call('GET', '/api/v1/join-tokens', master)
    await call('DELETE', `/api/v1/join-tokens/${joining.join_token.id}`, master)
    await call('DELETE', `/api/v1/keys/${made.key.id}`, master)
    await call<LogList>('GET', '/api/v1/logs?level=debug&limit=1000', master)
    await call('GET', '/api/v1/audit?limit=1000', master)
    const { credential } = JSON.parse(readFileSync(join(dataDir, 'worker', 'identity.json'), 'utf8')) as {
      credential: string
    }
    t.ok(credential.length > 20)

    const secrets = [MASTER, JOIN_TOKEN, WRONG, made.secret, joining.secret, credential]
    const places: Record<string, string> = {
      'the log': log,
      'an answer': seen.join('\n'),
      'an event': stream.text,
      'a command line': commandLinesBelow(api.pid ?? 0).join('\n'),
    }
    for (const [place, text] of Object.entries(places)) {
      t.ok(text.length > 20, `${place} was looked at`)
      for (const secret of secrets) t.notOk(text.includes(secret), `${secret.slice(0, 12)}… is in ${place}`)
    }
    t.equal(statSync(dataDir).mode & 0o077, 0, 'the directory is its owner’s alone')
    for (const file of filesBelow(dataDir)) {
      const bytes = readFileSync(file, 'latin1')
      if (secrets.some((secret) => bytes.includes(secret)))
        t.equal(statSync(file).mode & 0o077, 0, `${file} holds a secret, and is its owner’s alone`)
      if (file.includes('cluster.db'))
        t.notOk(
          secrets.some((secret) => bytes.includes(secret)),
          `${file} holds no secret`,
        )
    }
  },
)
