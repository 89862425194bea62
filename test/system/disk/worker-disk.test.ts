import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ended, logLine } from '../../cli/programs.ts'
import { closedGate } from '../../gate.ts'
import { type RunningCluster, startCluster, until } from '../../start-cluster.ts'
import { endsIn } from '../../worker/outbox-content.ts'
import { fillUp, smallDisk } from './small-disk.ts'

/**
 * Starts a task whose end falls into an outage of the node: the worker has to keep it. It prints more than fits in the block that
 * the file of the outbox has already. Resolves with its id once it has ended; `isKept`: once the worker keeps its end, or cannot.
 */
const endWithoutNode = async (t: Test, cluster: RunningCluster, isKept: () => Promise<unknown>): Promise<string> => {
  const gate = closedGate(t)
  const line = `${gate.passed}; head -c 20000 /dev/zero | tr "\\0" x`
  const { task_id } = await cluster.submit({ task_type: 'command', payload: { command: ['sh', '-c', line] } })
  await until('it runs', async () => (await cluster.task(task_id)).status === 'running' || undefined)
  await cluster.killNode()
  const kept = isKept()
  gate.open()
  await kept
  return task_id
}

/** What the worker logs. */
const NO_ROOM = 'a result cannot be written to the outbox, and waits in memory'

/** Resolves when the task has ended; the API server reaches its node again a moment after that has started. */
const ending = (cluster: RunningCluster, task_id: string) =>
  until('its end', async () => {
    const { status, data } = await cluster.call<{ task: { completed_at: string | null } }>(
      'GET',
      `/api/v1/tasks/${task_id}`,
    )
    return status === 200 && data.task.completed_at !== null ? data.task : undefined
  })

void t.test('a worker whose disk is full works on; what it cannot keep it brings home, or does again', async (t) => {
  const disk = smallDisk(t, 8)
  const directory = join(disk, 'phone')
  const cluster = await startCluster(t, {
    workers: 0,
    mode: 'remote',
    nodeArgs: ['--heartbeat-interval', '1', '--offline-threshold', '60'],
  })
  const switchOn = () => cluster.addWorker('phone', ['--data-dir', directory, '--slots', '2', '--allow', 'command'])
  const phone = await switchOn()
  const giveBack = fillUp(disk)
  const outbox = () => endsIn(directory)
  const cannotBeKept = () => logLine(phone.process, ({ msg }) => msg === NO_ROOM)

  const command = { task_type: 'command', payload: { command: ['sh', '-c', 'echo no room > file || echo full'] } }
  const { task_id } = await cluster.submit(command)
  t.match(await cluster.task(task_id, 30), { status: 'completed', result: { output: 'full\n' } })

  const kept = await endWithoutNode(t, cluster, cannotBeKept)
  t.strictSame(outbox(), [], 'there is no room for its result, which waits in memory')
  await cluster.startNode()
  t.match(await ending(cluster, kept), { status: 'completed', attempts: [{ outcome: 'completed' }] })

  const lost = await endWithoutNode(t, cluster, cannotBeKept)
  phone.process.kill('SIGKILL')
  await ended(phone.process)
  await cluster.startNode()
  await switchOn()
  const again = { status: 'completed', attempts: [{ outcome: 'lost' }, { outcome: 'completed' }] }
  t.match(await ending(cluster, lost), again, 'nobody was told of its first end')

  giveBack()
  const isWritten = () => until('its end is on the disk', () => Promise.resolve(outbox().length > 0 || undefined))
  const written = await endWithoutNode(t, cluster, isWritten)
  t.match(outbox(), [`${written}.`], 'once there is room, results are kept on the disk again')
  await cluster.startNode()
  t.match(await ending(cluster, written), { status: 'completed', attempts: [{ outcome: 'completed' }] })
})
