import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openStream, sequencesOf } from '../api/open-stream.ts'
import { startCluster, until } from '../start-cluster.ts'
import { ended, entry, logLine, runToEnd, start, temporaryDirectory } from './programs.ts'

void t.test('a backup of a running cluster, restored after its death: all acknowledged is there', async (t) => {
  const cluster = await startCluster(t, {
    workers: 1,
    workerArgs: ['--slots', '2', '--allow', 'command'],
    args: ['--no-rate-limit'],
  })
  const [worker] = cluster.workers
  const port = Number(new URL(cluster.url).port)
  const stream = await openStream(t, port)
  const done = await cluster.submit({ task_type: 'echo', payload: { message: 'kept' } })
  const finished = await cluster.task(done.task_id, 20)
  t.equal(finished.status, 'completed')
  // It runs until it is told to end: the backup, the kill and the restored server take their time on a busy machine.
  const home = temporaryDirectory(t)
  const end = join(home, 'end')
  const untilTold = `setInterval(() => require('node:fs').existsSync(process.argv[1]) && process.exit(), 50)`
  const command = [process.execPath, '-e', untilTold, end]
  const running = await cluster.submit({ task_type: 'command', payload: { command } })
  await until('it runs', async () => ((await cluster.task(running.task_id)).status === 'running' ? true : undefined))
  const put = await cluster.call('PUT', '/api/v1/config', { retention: { task_days: 17 } })
  t.equal(put.status, 200)

  const file = join(home, 'cluster.backup')
  const made = await runToEnd(t, entry('client'), ['--output', 'json', 'backup', file], {
    RETIRE_CLUSTER_DATA_DIR: cluster.nodeDirectory,
  })
  t.match(made, { code: 0, stderr: '' })
  t.match(JSON.parse(made.stdout), { file, tasks: 2, size_bytes: Number, duration_seconds: Number })

  const later = await cluster.submit({ task_type: 'echo', payload: { message: 'after the backup' } })
  await cluster.task(later.task_id, 20)
  await stream.until('the last event', () =>
    stream.messages.some(({ event }) => event.type === 'task_completed' && event.task_id === later.task_id),
  )
  const seen = stream.messages.map(({ id }) => id)
  cluster.server.kill('SIGKILL')
  await ended(cluster.server)

  // Another directory, as on another machine; the same addresses, so that the worker finds it.
  const flags = ['--data-dir', join(home, 'restored'), '--port', `${port}`, '--cluster-port', `${cluster.clusterPort}`]
  const server = start(t, entry('api'), [...flags, '--cluster-bind', '127.0.0.1', '--restore', file])
  server.stdout?.resume()
  await logLine(server, ({ msg }) => msg === 'listening')
  t.match(await cluster.task(done.task_id), { status: 'completed', result: { output: 'kept' } })
  t.equal((await cluster.call('GET', `/api/v1/tasks/${later.task_id}`)).status, 404, 'what came later is not in it')
  const config = await cluster.call<{ config: object }>('GET', '/api/v1/config')
  t.match(config.data.config, { retention: { task_days: 17 } })

  const resumed = await openStream(t, port, '/api/v1/monitor/stream', { 'Last-Event-ID': seen.at(-1) ?? '' })
  await resumed.until('the first message', () => resumed.messages.length > 0)
  t.equal(resumed.messages[0]?.event.type, 'stream_reset', 'an id of before is not gone on from')
  writeFileSync(end, '')
  const task = await cluster.task(running.task_id, 30)
  t.match(task, { status: 'completed', attempt: 1 }, 'its worker came back by itself, and its attempt was taken up')
  await resumed.until('an event of the restored cluster', () => sequencesOf(resumed).length > 1)
  const again = await cluster.submit({ task_type: 'echo', payload: { message: 'after the restore' } })
  t.match(await cluster.task(again.task_id, 20), { status: 'completed', device_id: worker?.device_id })
  t.strictSame(
    resumed.messages.map(({ id }) => id).filter((id) => seen.includes(id)),
    [],
    'no event id is given twice',
  )
})

void t.test('a server refuses to restore over a cluster, and with --force keeps that one beside', async (t) => {
  const cluster = await startCluster(t, { workers: 0 })
  const { nodeDirectory } = cluster
  const file = join(temporaryDirectory(t), 'cluster.backup')
  const backup = ['backup', file, '--data-dir', nodeDirectory]
  t.match(await runToEnd(t, entry('client'), backup), { code: 0, stdout: /^size_bytes +\d+\ntasks +0$/m })
  t.match(await runToEnd(t, entry('client'), backup), { code: 1, stderr: /exists.*--force/ })
  t.match(await runToEnd(t, entry('client'), [...backup, '--force']), { code: 0 })
  const nowhere = ['backup', join(file, 'nowhere'), '--data-dir', nodeDirectory]
  t.match(await runToEnd(t, entry('client'), nowhere), {
    code: 1,
    stderr: /^retire-cluster: There is no directory [^\n]+\n$/,
  })
  cluster.server.kill('SIGTERM')
  t.equal(await ended(cluster.server), 0)

  const flags = ['--data-dir', nodeDirectory, '--cluster-port', '0', '--cluster-bind', '127.0.0.1']
  const quiet = { RETIRE_CLUSTER_LOG_LEVEL: 'error' }
  const before = readdirSync(nodeDirectory)
  const refused = await runToEnd(t, entry('main'), [...flags, '--restore', file], quiet)
  t.match(refused, { code: 1, stderr: /^retire-cluster-main: [^\n]+already[^\n]+--force[^\n]+\n$/ })
  t.strictSame(readdirSync(nodeDirectory), before)
  const alone = await runToEnd(t, entry('main'), [...flags, '--force'], quiet)
  t.match(alone, { code: 2, stderr: /--force goes with --restore/ })
  const apart = ['--cluster-host', '127.0.0.1', '--restore', file]
  t.match(await runToEnd(t, entry('api'), apart, quiet), { code: 2, stderr: /--restore is for the node/ })
  const main = start(t, entry('main'), [...flags, '--restore', file, '--force'])
  main.stdout?.resume()
  await logLine(main, ({ msg }) => msg === 'listening')
  const [kept = ''] = readdirSync(nodeDirectory).filter((name) => name.startsWith('replaced-'))
  t.ok(existsSync(join(nodeDirectory, kept, 'cluster.db')))
  main.kill('SIGTERM')
  t.equal(await ended(main), 0)
})

void t.test(
  'the tokens of a node go with its backup, so that its join line and its API servers stay right',
  async (t) => {
    const home = temporaryDirectory(t)
    const dataDir = join(home, 'node')
    const begin = async (args: readonly string[]) => {
      const main = start(t, entry('main'), ['--cluster-port', '0', '--cluster-bind', '127.0.0.1', ...args])
      main.stdout?.resume()
      await logLine(main, ({ msg }) => msg === 'listening')
      return main
    }
    const first = await begin(['--data-dir', dataDir])
    const file = join(home, 'cluster.backup')
    t.match(await runToEnd(t, entry('client'), ['backup', file, '--data-dir', dataDir]), { code: 0 })
    // Whoever adds a file to the data directory decides here whether it goes into a backup (`keptFiles`), or is made anew.
    const known = ['join-token', 'cluster-token']
    const madeAnew = ['cluster.db', 'cluster.db-shm', 'cluster.db-wal', 'lock', 'reserve']
    // The files of tasks are as large as a disk, and come anew from where they came from.
    const leftOut = ['files']
    t.strictSame(readdirSync(dataDir).sort(), [...known, ...madeAnew, ...leftOut].sort())
    first.kill('SIGTERM')
    await ended(first)
    const second = await begin(['--data-dir', join(home, 'restored'), '--restore', file])
    for (const name of known)
      t.equal(readFileSync(join(home, 'restored', name), 'utf8'), readFileSync(join(dataDir, name), 'utf8'), name)
    second.kill('SIGTERM')
    t.equal(await ended(second), 0)
  },
)
