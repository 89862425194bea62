import t from 'tap'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { ChildProcess } from 'node:child_process'
import type { DeviceList } from '../../schemas/device-requests.ts'
import type { TaskDetail } from '../../schemas/task.ts'
import { APPLICATION_ID } from '../../src/store/migrate.ts'
import { migrations } from '../../src/store/migrations/index.ts'
import { until } from '../start-cluster.ts'
import { ended, entry, joinedLine, isAlive, logLine, runToEnd, start, temporaryDirectory } from './programs.ts'

type Test = Parameters<typeof temporaryDirectory>[0]

/** Starts an API server on free ports; resolves when it listens, and has started its worker where it was asked to. */
const startApi = async (t: Test, dataDir: string, args: readonly string[] = [], environment = {}) => {
  const all = ['--port', '0', '--cluster-port', '0', '--cluster-bind', '127.0.0.1', '--data-dir', dataDir, ...args]
  const child = start(t, entry('api'), all, environment)
  let stdout = ''
  // Log and lines for people come by two pipes, in either order.
  const said = new Promise<void>((resolve) =>
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      if (stdout.includes('Stop with Ctrl-C.')) resolve()
    }),
  )
  const last = args.includes('--local-worker') ? 'local worker started' : 'listening'
  const [line, { worker_pid }] = await Promise.all([
    logLine(child, ({ msg }) => msg === 'listening'),
    logLine(child, ({ msg }) => msg === last),
    said,
  ])
  return {
    child,
    url: `http://127.0.0.1:${Number(line.port)}`,
    clusterPort: Number(line.cluster_port),
    workerPid: Number(worker_pid),
    said: () => stdout,
  }
}

const get = async (url: string, headers: Record<string, string> = {}): Promise<{ status: number; data: unknown }> => {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(70_000) })
  const { data } = (await response.json()) as { data: unknown }
  return { status: response.status, data }
}

const stop = async (child: ChildProcess): Promise<number | string | null> => {
  child.kill('SIGTERM')
  return ended(child)
}

void t.test('retire-cluster-api says where it is and how to join, serves, and ends with 0 on SIGTERM', async (t) => {
  const dataDir = join(temporaryDirectory(t), 'made', 'here')
  const { child, url, clusterPort, said } = await startApi(t, dataDir)
  t.match(await get(`${url}/health`), { status: 200 })
  const token = readFileSync(join(dataDir, 'join-token'), 'utf8').trim()
  t.match(token, /^[A-Za-z0-9_-]{43}$/, '256 bits')
  if (process.platform !== 'win32') t.equal(statSync(join(dataDir, 'join-token')).mode & 0o777, 0o600)
  t.match(said(), `${url}/docs`)
  t.match(said(), `http://127.0.0.1:${clusterPort}/join`)
  t.match(said(), `npm run worker -- --join 127.0.0.1:${clusterPort} --token ${token}`)
  t.equal(await stop(child), 0)

  const again = await startApi(t, dataDir)
  await until('the same token is told', () => Promise.resolve(again.said().includes(token) || undefined))
  again.child.kill('SIGINT')
  t.equal(await ended(again.child), 0)
})

void t.test('--local-worker does a task, and ends with its parent, also when that is killed', async (t) => {
  const dataDir = temporaryDirectory(t)
  const { child, url, workerPid } = await startApi(t, dataDir, ['--local-worker', '--auth', '--api-key', 'k'])
  t.equal((await get(`${url}/api/v1/devices`)).status, 401)
  const headers = { 'x-api-key': 'k', 'content-type': 'application/json' }
  await until('the device is online', async () => {
    const { data } = await get(`${url}/api/v1/devices`, headers)
    return (data as DeviceList).online === 1 ? true : undefined
  })
  const response = await fetch(`${url}/api/v1/tasks?wait=20`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ task_type: 'echo', payload: { message: 'Hello World' } }),
  })
  const { data } = (await response.json()) as { data: { task: TaskDetail } }
  t.match(data.task, { status: 'completed', result: { output: 'Hello World' } })
  t.ok(isAlive(workerPid))
  child.kill('SIGKILL')
  await ended(child)
  await until('the worker is gone', () => Promise.resolve(isAlive(workerPid) ? undefined : true))
})

void t.test('with --auth and no key one is made and shown once', async (t) => {
  const dataDir = temporaryDirectory(t)
  const first = await startApi(t, dataDir, ['--auth'])
  const key = /API key +(\S+)/.exec(first.said())?.[1] ?? ''
  t.not(key, '')
  t.equal((await get(`${first.url}/api/v1/devices`)).status, 401)
  t.equal((await get(`${first.url}/api/v1/devices`, { 'x-api-key': key })).status, 200)
  t.equal(await stop(first.child), 0)
  const second = await startApi(t, dataDir, ['--auth'])
  t.notMatch(second.said(), 'API key')
  t.equal((await get(`${second.url}/api/v1/devices`, { 'x-api-key': key })).status, 200)
  t.equal(await stop(second.child), 0)
})

void t.test('what cannot start ends with its code and one sentence', async (t) => {
  const dataDir = temporaryDirectory(t)
  const { child, url, clusterPort } = await startApi(t, dataDir)
  const port = new URL(url).port
  const elsewhere = temporaryDirectory(t)
  const file = join(elsewhere, 'a-file')
  writeFileSync(file, '')
  const damaged = join(elsewhere, 'damaged')
  mkdirSync(damaged)
  writeFileSync(join(damaged, 'cluster.db'), 'no database '.repeat(1000))
  const newer = join(elsewhere, 'newer')
  mkdirSync(newer)
  const database = new DatabaseSync(join(newer, 'cluster.db'))
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length + 1}`)
  database.close()
  const free = ['--cluster-port', '0', '--cluster-bind', '127.0.0.1']
  const cases = [
    {
      what: 'port in use',
      args: ['--port', port, ...free, '--data-dir', join(elsewhere, '1')],
      code: 1,
      says: `Port ${port} of 127.0.0.1 is in use`,
    },
    {
      what: 'device port in use',
      args: [
        '--port',
        '0',
        '--cluster-bind',
        '127.0.0.1',
        '--cluster-port',
        String(clusterPort),
        '--data-dir',
        join(elsewhere, '2'),
      ],
      code: 1,
      says: 'by --cluster-port',
    },
    {
      what: 'directory taken',
      args: ['--port', '0', ...free, '--data-dir', dataDir],
      code: 1,
      says: 'in use by another process',
    },
    {
      what: 'database damaged',
      args: ['--port', '0', ...free, '--data-dir', damaged],
      code: 1,
      says: /is damaged .*--restore FILE --force/,
    },
    {
      what: 'database of a newer version',
      args: ['--port', '0', ...free, '--data-dir', newer],
      code: 1,
      says: /newer version.*run that version/,
    },
    { what: 'directory is a file', args: ['--port', '0', ...free, '--data-dir', file], code: 1, says: file },
    {
      what: 'foreign address',
      args: ['--port', '0', '--host', '192.0.2.1', '--insecure', ...free, '--data-dir', join(elsewhere, '3')],
      code: 1,
      says: 'no address of this machine',
    },
    {
      what: 'open to everyone',
      args: ['--port', '0', '--host', '0.0.0.0', ...free, '--data-dir', join(elsewhere, '4')],
      code: 2,
      says: /--auth .*--insecure/,
    },
    { what: 'key without auth', args: ['--api-key', 'k'], code: 2, says: 'add --auth' },
    { what: 'unknown flag', args: ['--data-dri', 'x'], code: 2, says: 'Did you mean --data-dir?' },
  ]
  for (const { what, args, code, says } of cases) {
    const outcome = await runToEnd(t, entry('api'), args, { RETIRE_CLUSTER_LOG_LEVEL: 'error' })
    t.equal(outcome.code, code, what)
    t.match(outcome.stderr, /^retire-cluster-api: [^\n]+\n$/, `${what}: one line`)
    t.match(outcome.stderr, says, what)
  }
  t.equal(readFileSync(join(damaged, 'cluster.db'), 'utf8'), 'no database '.repeat(1000), 'it is never overwritten')
  t.equal(await stop(child), 0)
})

void t.test('retire-cluster-main and a worker: joined once, it comes back without being told where', async (t) => {
  const home = temporaryDirectory(t)
  const nodeArgs = ['--cluster-bind', '127.0.0.1', '--data-dir', join(home, 'node'), '--join-token', 'tok']
  const main = start(t, entry('main'), ['--cluster-port', '0', ...nodeArgs])
  const { port } = await logLine(main, ({ msg }) => msg === 'listening')
  const workerArgs = ['--data-dir', join(home, 'worker')]
  const refused = await runToEnd(t, entry('worker'), [
    '--join',
    `127.0.0.1:${Number(port)}`,
    '--token',
    'wrong',
    '--data-dir',
    join(home, 'other'),
  ])
  t.equal(refused.code, 1)
  const worker = start(
    t,
    entry('worker'),
    ['--join', `127.0.0.1:${Number(port)}`, '--device-id', 'pi', ...workerArgs],
    { RETIRE_CLUSTER_TOKEN: 'tok' },
  )
  t.equal(await joinedLine(worker), 'joined as pi')
  const second = await runToEnd(t, entry('worker'), workerArgs)
  t.equal(second.code, 1, 'its directory is taken')
  t.equal(await stop(worker), 0)
  const back = start(t, entry('worker'), workerArgs)
  t.equal(await joinedLine(back), 'joined as pi')
  t.equal(await stop(back), 0)
  t.equal(await stop(main), 0)
})

void t.test('a port that is taken on the way is told before anything else is lost', async (t) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const outcome = await runToEnd(t, entry('main'), [
    '--cluster-bind',
    '127.0.0.1',
    '--cluster-port',
    String(port),
    '--data-dir',
    temporaryDirectory(t),
    '--log-level',
    'error',
  ])
  t.equal(outcome.code, 1)
  t.match(outcome.stderr, `Port ${port} of 127.0.0.1 is in use`)
})

void t.test('the flags of the limits are those that the server counts by', async (t) => {
  const limited = await startApi(t, join(temporaryDirectory(t), '1'), [
    '--rate-limit-read',
    '2',
    '--rate-limit-write=7',
  ])
  const path = '/api/v1/devices'
  const answers = [await fetch(limited.url + path), await fetch(limited.url + path), await fetch(limited.url + path)]
  t.same(
    answers.map(({ status }) => status),
    [200, 200, 429],
  )
  const written = await fetch(`${limited.url}/api/v1/tasks`, { method: 'POST' })
  t.equal(written.headers.get('x-ratelimit-limit'), '7')
  const free = await startApi(t, join(temporaryDirectory(t), '2'), ['--no-rate-limit', '--rate-limit-read', '1'])
  for (let again = 0; again < 3; again += 1) {
    const answer = await fetch(free.url + path)
    t.equal(answer.status, 200)
    t.equal(answer.headers.get('x-ratelimit-limit'), null)
  }
  t.equal(await stop(limited.child), 0)
  t.equal(await stop(free.child), 0)
})
