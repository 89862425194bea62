import { existsSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import type { ClusterHealth, TaskSubmitted } from '../../../schemas/index.ts'
import { ended, entry, logLine, runToEnd, start } from '../../cli/programs.ts'
import { closedGate } from '../../gate.ts'
import { type RunningCluster, startCluster, until } from '../../start-cluster.ts'
import { fillUp, smallDisk } from './small-disk.ts'

const MIB = 2 ** 20

const submit = (cluster: RunningCluster, submission: object) =>
  cluster.call<TaskSubmitted>('POST', '/api/v1/tasks', submission)

const healthOf = async (cluster: RunningCluster) =>
  (await cluster.call<ClusterHealth>('GET', '/api/v1/cluster/health')).data

/** Submits tasks until one is refused. Returns the ids of those that were acknowledged. */
const submitUntilRefused = async (cluster: RunningCluster): Promise<{ ids: string[]; refusal: object }> => {
  const ids: string[] = []
  for (let number = 0; number < 2000; number += 1) {
    const message = `${number} ${'x'.repeat(20_000)}`
    const { status, data, error } = await submit(cluster, { task_type: 'echo', payload: { message } })
    if (status !== 201) return { ids, refusal: { status, code: error?.code } }
    ids.push(data.task_id)
  }
  throw new Error('the disk never was full')
}

void t.test(
  'a full disk refuses new work, keeps serving, and takes work again by itself once there is room',
  async (t) => {
    const disk = smallDisk(t, 64)
    const cluster = await startCluster(t, {
      workers: 1,
      workerArgs: ['--slots', '2', '--allow', 'command'],
      args: ['--no-rate-limit', '--heartbeat-interval', '1', '--offline-threshold', '60'],
      nodeDirectory: join(disk, 'node'),
    })
    const reserve = join(disk, 'node', 'reserve')
    t.ok(statSync(reserve).blocks * 512 >= 16 * MIB, 'the reserve really takes its place')
    const gate = closedGate(t)
    const untilOpen = { task_type: 'command', payload: { command: ['sh', '-c', gate.passed] } }
    const underWay = [await cluster.submit(untilOpen), await cluster.submit(untilOpen)]
    for (const { task_id } of underWay)
      await until('both run', async () => ((await cluster.task(task_id)).status === 'running' ? true : undefined))
    const waiting = await cluster.submit({ task_type: 'echo', payload: { message: 'waits' } })

    const giveBack = fillUp(disk)
    const { ids, refusal } = await submitUntilRefused(cluster)
    t.strictSame(refusal, { status: 507, code: 'STORAGE_FULL' })
    t.notOk(existsSync(reserve), 'the reserve was let go')
    t.match(await healthOf(cluster), {
      overall_health: 'unhealthy',
      checks: { database: { status: 'unhealthy', storage_full: true, response_time_ms: Number } },
    })
    t.equal(
      (await cluster.call('POST', '/api/v1/tasks/batch', { tasks: [{ task_type: 'echo', payload: {} }] })).status,
      507,
    )
    t.equal((await cluster.devices()).total, 1)
    t.equal((await cluster.tasks('limit=1')).total, 3 + ids.length, 'what was refused is not there')

    gate.open()
    for (const { task_id } of underWay) t.match(await cluster.task(task_id, 30), { status: 'completed' })
    t.match(await cluster.task(waiting.task_id), { status: 'pending', pending_reason: { code: 'storage_full' } })

    await cluster.killServer()
    for (const { task_id } of underWay)
      t.match(await cluster.task(task_id), { status: 'completed' }, 'after a kill too')
    t.equal((await cluster.tasks('limit=1')).total, 3 + ids.length, 'all that was acknowledged is there')
    t.equal(
      (await submit(cluster, { task_type: 'echo', payload: {} })).status,
      507,
      'a start on a full disk takes none',
    )
    t.match((await healthOf(cluster)).checks.database, { storage_full: true })

    giveBack()
    const after = await until('new work is taken', async () => {
      const { status, data } = await submit(cluster, { task_type: 'echo', payload: { message: 'again' } })
      return status === 201 ? data.task_id : undefined
    })
    t.equal(statSync(reserve).size, 16 * MIB, 'the reserve is there again')
    for (const task_id of [waiting.task_id, after, ...ids.slice(-3)])
      t.match(await cluster.task(task_id, 60), { status: 'completed' })
    await until('all are completed', async () =>
      (await cluster.tasks('limit=1')).completed === 4 + ids.length ? true : undefined,
    )
    cluster.server.kill('SIGTERM')
    t.equal(await ended(cluster.server), 0)
    const db = new DatabaseSync(join(disk, 'node', 'cluster.db'), { readOnly: true })
    t.match(db.prepare('PRAGMA integrity_check').get(), { integrity_check: 'ok' })
    db.close()
  },
)

void t.test('a node that has no room at all to begin says so in one sentence', async (t) => {
  const disk = smallDisk(t, 1)
  fillUp(disk)
  const flags = ['--cluster-port', '0', '--cluster-bind', '127.0.0.1', '--data-dir', join(disk, 'node')]
  const { code, stderr } = await runToEnd(t, entry('main'), flags, { RETIRE_CLUSTER_LOG_LEVEL: 'error' })
  t.equal(code, 1)
  t.match(stderr, /^retire-cluster-main: [^\n]*with room on the disk[^\n]*\n$/)
})

void t.test('a node whose reserve went too waits for room, and starts by itself once there is some', async (t) => {
  const disk = smallDisk(t, 48)
  const cluster = await startCluster(t, { workers: 0, nodeDirectory: join(disk, 'node') })
  // What stands in the log alone has to find room in the database at the next start.
  const { task_id } = await cluster.submit({ task_type: 'echo', payload: { message: 'x'.repeat(MIB / 2) } })
  cluster.server.kill('SIGKILL')
  await ended(cluster.server)
  rmSync(join(disk, 'node', 'reserve'))
  const giveBack = fillUp(disk)
  const flags = ['--cluster-port', '0', '--cluster-bind', '127.0.0.1', '--data-dir', join(disk, 'node')]
  const waits = async () => {
    const main = start(t, entry('main'), flags)
    await logLine(main, ({ msg }) => msg === 'waiting for room on the disk')
    return main
  }
  const told = await waits()
  told.kill('SIGTERM')
  t.equal(await ended(told), 0, 'who is told to stop waits no longer')

  const waiting = await waits()
  const opened = logLine(waiting, ({ msg }) => msg === 'link opened')
  giveBack()
  await opened
  waiting.kill('SIGTERM')
  t.equal(await ended(waiting), 0)
  await cluster.killServer()
  t.match(await cluster.task(task_id), { status: 'pending' })
})

void t.test('a node that was stopped cleanly starts on a full disk, from its reserve', async (t) => {
  const disk = smallDisk(t, 48)
  const cluster = await startCluster(t, { workers: 0, nodeDirectory: join(disk, 'node') })
  const { task_id } = await cluster.submit({ task_type: 'echo', payload: { message: 'kept' } })
  cluster.server.kill('SIGTERM')
  t.equal(await ended(cluster.server), 0)
  const giveBack = fillUp(disk)
  await cluster.killServer()
  t.match(await cluster.task(task_id), { status: 'pending' })
  t.equal((await submit(cluster, { task_type: 'echo', payload: {} })).status, 507)
  giveBack()
  await until('new work is taken', async () => {
    const { status } = await submit(cluster, { task_type: 'echo', payload: {} })
    return status === 201 ? true : undefined
  })
})

void t.test('a disk that its own tasks have filled has room again once fewer are to be kept', async (t) => {
  const disk = smallDisk(t, 64)
  const cluster = await startCluster(t, {
    workers: 1,
    args: ['--no-rate-limit'],
    nodeDirectory: join(disk, 'node'),
  })
  const message = 'x'.repeat(400_000)
  // One after another: each has ended before the next one comes.
  const fill = () => cluster.call('POST', '/api/v1/tasks?wait=20', { task_type: 'echo', payload: { message } })
  let { status } = await fill()
  while (status === 201) ({ status } = await fill())
  t.equal(status, 507)
  const { completed } = await cluster.tasks('limit=1')
  t.ok(completed > 20, `${completed} are completed`)
  const put = await cluster.call('PUT', '/api/v1/config', { retention: { max_size: '10MB' } })
  t.equal(put.status, 200, 'the config can be changed')
  await until('new work is taken', async () => {
    const { status } = await submit(cluster, { task_type: 'echo', payload: { message: 'again' } })
    return status === 201 ? true : undefined
  })
  t.ok((await cluster.tasks('limit=1')).completed < completed, 'the oldest have gone')
  t.equal(statSync(join(disk, 'node', 'reserve')).size, 16 * MIB)
})
