import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { DeviceList, ServerHealth, TaskList } from '../../schemas/index.ts'
import { entry, logLine, runToEnd, start, temporaryDirectory } from '../cli/programs.ts'
import { JOIN_TOKEN, startCluster, until } from '../start-cluster.ts'
import { commandLines, keyHeaders } from './lines.ts'

const programs = { 'retire-cluster-api': entry('api'), 'retire-cluster': entry('client') } as const

/** Splits a line as a shell does; single quotes are all that the document uses. */
const split = (line: string): { readonly program: string; readonly args: readonly string[] } => {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
  const [name = '', ...args] = words
  const program = programs[name as keyof typeof programs]
  return { program, args }
}

/** What the machine of a test can't have as the document's does: free ports, and directories of its own. */
const surroundings = (t: Test) => ({
  RETIRE_CLUSTER_PORT: '0',
  RETIRE_CLUSTER_CLUSTER_PORT: '0',
  RETIRE_CLUSTER_CLUSTER_BIND: '127.0.0.1',
  RETIRE_CLUSTER_DATA_DIR: join(temporaryDirectory(t), 'node'),
  RETIRE_CLUSTER_JOIN_TOKEN: JOIN_TOKEN,
})

const startLine = async (t: Test, line: string, variables: Record<string, string>) => {
  const { program, args } = split(line)
  const child = start(t, program, args, variables)
  child.stdout?.resume()
  const { port, cluster_port, host } = await logLine(child, ({ msg }) => msg === 'listening')
  return { port: Number(port), clusterPort: Number(cluster_port), host, url: `http://localhost:${Number(port)}` }
}

const read = async (url: string, headers: Readonly<Record<string, string>> = {}) => {
  const response = await fetch(url, { headers })
  return { status: response.status, data: ((await response.json()) as { data: unknown }).data }
}

void t.test('retire-cluster-api alone is a whole cluster, on loopback and without keys', async (t) => {
  const { url, host } = await startLine(t, commandLines.defaults, surroundings(t))
  t.equal(host, '127.0.0.1')
  t.match(await read(`${url}/health`), { status: 200, data: { cluster: { mode: 'embedded' } } })
  t.match(await read(`${url}/api/v1/devices`), { status: 200, data: { total: 0 } })
})

void t.test('the lines of the document start a server with a key, and speak to it', async (t) => {
  const line = commandLines.own.replace('--port 8081', '--port 0')
  const { url, clusterPort, host } = await startLine(t, line, surroundings(t))
  t.equal(host, '0.0.0.0')
  const worker = start(t, entry('worker'), ['--join', `127.0.0.1:${clusterPort}`, '--device-id', 'android-001'], {
    RETIRE_CLUSTER_TOKEN: JOIN_TOKEN,
    RETIRE_CLUSTER_DATA_DIR: join(temporaryDirectory(t), 'worker'),
  })
  for (const output of [worker.stdout, worker.stderr]) output?.resume()

  const config = `${url}/api/v1/cluster/config`
  t.equal((await read(config)).status, 401)
  t.equal((await read(config, { 'X-API-Key': 'another-key' })).status, 401)
  for (const headers of keyHeaders) t.equal((await read(config, headers)).status, 200, Object.keys(headers).join())
  await until('the worker has joined', async () => {
    const { data } = await read(`${url}/api/v1/devices`, keyHeaders[0])
    return (data as DeviceList).online === 1 || undefined
  })

  const home = { XDG_CONFIG_HOME: temporaryDirectory(t) }
  const outputs: string[] = []
  for (const client of commandLines.client) {
    const { program, args } = split(client.replace('http://localhost:8081', url))
    const { code, stdout, stderr } = await runToEnd(t, program, args, home)
    t.equal(code, 0, `${client}: ${stderr}`)
    outputs.push(stdout)
  }
  const [, , devices, submitted = ''] = outputs
  t.match(devices, /^android-001 +online /m)
  const task_id = /task-[\w-]+/.exec(submitted)?.[0] ?? ''
  await until('the task is done', async () => {
    const { data } = await read(`${url}/api/v1/tasks`, keyHeaders[1])
    const task = (data as TaskList).tasks.find((each) => each.task_id === task_id)
    return task?.result?.output === 'test' || undefined
  })
})

void t.test('retire-cluster-api --cluster-host speaks for the node there', async (t) => {
  const cluster = await startCluster(t, { mode: 'remote', workers: 0 })
  const line = commandLines.elsewhere.replace('192.168.1.100', '127.0.0.1').replace('8080', `${cluster.clusterPort}`)
  const token = readFileSync(join(cluster.nodeDirectory, 'cluster-token'), 'utf8').trim()
  const { url } = await startLine(t, line, { RETIRE_CLUSTER_PORT: '0', RETIRE_CLUSTER_CLUSTER_TOKEN: token })
  await until('it reaches the node', async () => {
    const { data } = await read(`${url}/health`)
    return (data as ServerHealth).cluster.reachable || undefined
  })
  await cluster.call('PUT', '/api/v1/config', { cluster: { task_timeout: 1234 } })
  t.match(await read(`${url}/api/v1/config`), { data: { config: { cluster: { task_timeout: 1234 } } } })

  const lonely = await startLine(t, line, { RETIRE_CLUSTER_PORT: '0' })
  t.match(await read(`${lonely.url}/health`), { status: 200, data: { status: 'degraded' } })
  t.equal(
    (await read(`${lonely.url}/api/v1/devices`)).status,
    503,
    'without a token it starts, and says what is missing',
  )
})
