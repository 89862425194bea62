/** A whole cluster of processes whose state is in PostgreSQL. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ended, entry, logLine, runToEnd, start, temporaryDirectory } from '../../cli/programs.ts'
import { startCluster, until } from '../../start-cluster.ts'
import { startPostgres } from './server.ts'

const PASSWORD = 'a-secret-of-the-test'
const server = await startPostgres(t)

void t.test(
  'tasks are done, and what was acknowledged outlives a kill -9 of the API server with its node',
  async (t) => {
    const url = await server.database('whole')
    const cluster = await startCluster(t, { workers: 1, args: ['--database', url, '--no-rate-limit'] })
    const echo = await cluster.submit({ task_type: 'echo', payload: { message: 'kept' } })
    t.match(await cluster.task(echo.task_id, 20), { status: 'completed', result: { output: 'kept' } })
    const sleeping = await cluster.submit({ task_type: 'sleep', payload: { duration: 3 } })
    const many = await Promise.all(
      Array.from({ length: 200 }, (_, number) =>
        cluster.submit({ task_type: 'echo', payload: { message: `\u0000 ${number}` } }),
      ),
    )
    await cluster.killServer()
    t.match(await cluster.task(sleeping.task_id, 30), { status: 'completed' })
    for (const { task_id } of many) t.match(await cluster.task(task_id, 30), { status: 'completed' })
    const { total } = await cluster.tasks('limit=1')
    t.equal(total, 202)
    t.notOk(existsSync(join(cluster.nodeDirectory, 'cluster.db')), 'no state is in the directory')

    const backup = await runToEnd(t, entry('client'), ['backup', join(temporaryDirectory(t), 'copy')], {
      RETIRE_CLUSTER_DATA_DIR: cluster.nodeDirectory,
    })
    t.equal(backup.code, 1)
    t.match(backup.stderr, /is in PostgreSQL \(127\.0\.0\.1:\d+\/whole\): back that up with pg_dump/)
  },
)

void t.test('while the database is away: 503 with Retry-After, and nothing acknowledged is lost', async (t) => {
  const url = await server.database('away')
  const cluster = await startCluster(t, { workers: 1, args: ['--database', url, '--no-rate-limit'] })
  const acknowledged: string[] = []
  let refused = 0
  const submit = async (number: number) => {
    const response = await fetch(`${cluster.url}/api/v1/tasks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ task_type: 'echo', payload: { message: `${number}` } }),
    })
    const { data, error } = (await response.json()) as { data?: { task_id: string }; error?: { code: string } }
    if (response.status === 201 && data !== undefined) acknowledged.push(data.task_id)
    else {
      refused += 1
      t.match(
        { status: response.status, code: error?.code, again: response.headers.get('retry-after') },
        { status: 503, code: 'CLUSTER_UNAVAILABLE', again: /^\d+$/ },
      )
    }
  }
  const load = async (enough: () => boolean) => {
    for (let number = 0; !enough(); number += 1) await Promise.all([submit(number), submit(number), submit(number)])
  }
  const more = (count: number) => {
    const wanted = acknowledged.length + count
    return () => acknowledged.length >= wanted
  }
  await load(more(30))
  // In the midst of what is submitted.
  const going = load(() => refused >= 20)
  await server.kill()
  await going
  t.equal((await cluster.call('GET', '/health')).status, 200)
  await server.start()
  await until('tasks are taken again', async () => {
    const before = acknowledged.length
    await submit(0)
    return acknowledged.length > before || undefined
  })
  await server.terminate(url)
  await load(more(10))
  for (const task_id of acknowledged) t.match(await cluster.task(task_id, 30), { status: 'completed' })
  t.equal(new Set(acknowledged).size, acknowledged.length)
})

void t.test('a password is in no log and no file, and is warned of where it stands on the command line', async (t) => {
  const plain = await server.database('secretive')
  const url = plain.replace('owner@', `owner:${PASSWORD}@`)
  const dataDir = temporaryDirectory(t)
  const flags = ['--data-dir', dataDir, '--cluster-port', '0', '--cluster-bind', '127.0.0.1', '--log-level', 'debug']
  const node = start(t, entry('main'), [...flags, '--database', url])
  let told = ''
  for (const stream of [node.stdout, node.stderr]) stream?.on('data', (chunk: Buffer) => (told += chunk.toString()))
  await logLine(node, ({ msg }) => msg === 'listening')
  t.match(told, /"flag":"--database","variable":"RETIRE_CLUSTER_DATABASE"/)
  await server.kill()
  await logLine(node, ({ msg }) => msg === 'the database is not back yet')
  const back = logLine(node, ({ msg }) => msg === 'the database is back')
  await server.start()
  await back
  t.notMatch(told, PASSWORD)
  node.kill('SIGKILL')
  await ended(node)
  const unnamed = await runToEnd(t, entry('main'), flags)
  t.match(unnamed, { code: 1, stderr: /is in PostgreSQL \(127\.0\.0\.1:\d+\/secretive\): name that by --database, or/ })
  t.notMatch(unnamed.stderr, PASSWORD)
  const kept = readdirSync(dataDir, { withFileTypes: true }).filter((file) => file.isFile())
  for (const { name } of kept) t.notMatch(readFileSync(join(dataDir, name), 'latin1'), PASSWORD)

  const wrong = await runToEnd(t, entry('main'), [
    ...['--data-dir', temporaryDirectory(t)],
    ...['--database', url.replace('/secretive', '/nowhere')],
  ])
  t.equal(wrong.code, 1)
  t.match(wrong.stderr, /nowhere cannot be used \(database "nowhere" does not exist\)\./)
  t.notMatch(wrong.stderr, PASSWORD)
})

void t.test('what does not go with --database is refused, and a URL that is none is not shown', async (t) => {
  const both = ['--database', 'postgres://owner@127.0.0.1/cluster', '--restore', 'x']
  const restored = await runToEnd(t, entry('main'), both)
  t.match(restored, { code: 2, stderr: /a database is restored with pg_restore/ })
  const left = await runToEnd(t, entry('main'), [...both.slice(0, 2), '--leave-database'])
  t.match(left, { code: 2, stderr: /--leave-database goes with a start that names no database/ })
  const apart = ['--cluster-host', '127.0.0.1', '--cluster-token', 'x']
  const notTheNode = await runToEnd(t, entry('api'), [...apart, ...both.slice(0, 2)])
  t.match(notTheNode, { code: 2, stderr: /--database \(RETIRE_CLUSTER_DATABASE\) is for the node/ })
  const wrong = await runToEnd(t, entry('main'), ['--database', `mysql://owner:${PASSWORD}@127.0.0.1/cluster`])
  t.match(wrong, { code: 2, stderr: /must be the URL of a PostgreSQL database/ })
  t.notMatch(wrong.stderr, PASSWORD)
})
