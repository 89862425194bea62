import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { DeviceDetail, LogList, Success, TaskDetail, TaskSubmitted } from '../../../schemas/index.ts'
import { ended, logLine, start, temporaryDirectory } from '../../cli/programs.ts'
import { ownPort } from '../../faults/ports.ts'
import { type Build, previousBuild, today } from '../../previous-build.ts'
import { JOIN_TOKEN, until } from '../../start-cluster.ts'

type Node = { readonly child: ChildProcess; readonly port: number; readonly clusterPort: number }

const startNode = async (t: Test, build: Build, dataDir: string, before?: Node): Promise<Node> => {
  const child = start(t, build.entry('api'), [
    '--port', `${before?.port ?? (await ownPort())}`,
    '--cluster-port', `${before?.clusterPort ?? (await ownPort())}`,
    '--cluster-bind', '127.0.0.1',
    '--data-dir', dataDir,
    '--join-token', JOIN_TOKEN,
    '--heartbeat-interval', '1',
    '--offline-threshold', '30',
  ]) // prettier-ignore
  child.stdout?.resume()
  const line = await logLine(child, ({ msg }) => msg === 'listening')
  return { child, port: Number(line.port), clusterPort: Number(line.cluster_port) }
}

const ask = async <T>({ port }: Node, path: string, body?: object): Promise<T> => {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
  const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, body === undefined ? {} : init)
  return ((await response.json()) as Success<T>).data
}

const startWorker = async (t: Test, build: Build, node: Node, dataDir: string): Promise<void> => {
  const worker = start(t, build.workerBundle, [
    '--join', `127.0.0.1:${node.clusterPort}`,
    '--token', JOIN_TOKEN,
    '--device-id', 'phone',
    '--data-dir', dataDir,
    '--allow', 'command',
    '--slots', '2',
  ]) // prettier-ignore
  worker.stdout?.resume()
  worker.stderr?.resume()
  await until('the phone is online', () => isOnline(node))
}

const refusal = async ({ port }: Node, submission: object): Promise<unknown> => {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/tasks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(submission),
  })
  return ((await response.json()) as { error?: unknown }).error
}

const isOnline = async (node: Node): Promise<true | undefined> => {
  const { devices } = await ask<{ devices: readonly { status: string }[] }>(node, '/devices')
  return devices[0]?.status === 'online' || undefined
}

const taskOf = async (node: Node, task_id: string): Promise<TaskDetail> =>
  (await ask<{ task: TaskDetail }>(node, `/tasks/${task_id}?wait=30`)).task

const run = async (node: Node, submission: object): Promise<TaskDetail> =>
  taskOf(node, (await ask<TaskSubmitted>(node, '/tasks', submission)).task_id)

/** All that the two say to each other: hello, telemetry, live output, an end, a cancel, a ping, a change of the settings. */
const converse = async (t: Test, node: Node) => {
  const command = ['sh', '-c', 'echo one; echo two']
  t.match(await run(node, { task_type: 'command', payload: { command } }), {
    status: 'completed',
    result: { output: 'one\ntwo\n', exit_code: 0 },
  })
  t.match(await run(node, { task_type: 'echo', payload: { message: 'at once' } }), {
    status: 'completed',
    started_at: String,
    attempts: [{ started_at: String }],
  })
  t.match(await run(node, { task_type: 'command', payload: { command: ['false'] } }), {
    status: 'failed',
    error: { code: 'TASK_EXIT_NONZERO' },
  })
  const { task_id } = await ask<TaskSubmitted>(node, '/tasks', { task_type: 'sleep', payload: { duration: 600 } })
  await until(
    'it runs',
    async () => (await ask<{ task: TaskDetail }>(node, `/tasks/${task_id}`)).task.status === 'running' || undefined,
  )
  await fetch(`http://127.0.0.1:${node.port}/api/v1/tasks/${task_id}`, { method: 'DELETE' })
  t.match(await taskOf(node, task_id), { status: 'cancelled' })
  t.match(await ask(node, '/devices/phone/ping', {}), { ping_results: { reachable: true } })
  await until('telemetry came', async () => {
    const { device } = await ask<{ device: DeviceDetail }>(node, '/devices/phone')
    return device.resources.cpu_usage === null ? undefined : true
  })
}

const isUnbroken = async (t: Test, node: Node) => {
  const { logs } = await ask<LogList>(node, '/logs?component=device_registry')
  const connections = logs.filter(({ message }) => /connected|joined/.test(message))
  t.strictSame(connections.length, 1, 'one connection bore it all')
}

void t.test('a worker of the previous build works for the node of today', async (t) => {
  const directory = temporaryDirectory(t)
  const node = await startNode(t, today, join(directory, 'node'))
  await startWorker(t, await previousBuild(t), node, join(directory, 'phone'))
  await converse(t, node)
  const withFiles = { task_type: 'command', payload: { command: ['true'] }, outputs: ['out'] }
  t.match(await refusal(node, withFiles), { code: 'INSUFFICIENT_RESOURCES', message: /takes no tasks with files/ })
  await isUnbroken(t, node)
})

void t.test('a worker of today works for a node of the previous build', async (t) => {
  const directory = temporaryDirectory(t)
  const node = await startNode(t, await previousBuild(t), join(directory, 'node'))
  await startWorker(t, today, node, join(directory, 'phone'))
  await converse(t, node)
  await isUnbroken(t, node)
})

void t.test('a node that is upgraded while its workers are not takes up again what they run', async (t) => {
  const directory = temporaryDirectory(t)
  const previous = await previousBuild(t)
  const before = await startNode(t, previous, join(directory, 'node'))
  await startWorker(t, previous, before, join(directory, 'phone'))
  const { task_id } = await ask<TaskSubmitted>(before, '/tasks', { task_type: 'sleep', payload: { duration: 8 } })
  await until(
    'it runs',
    async () => (await ask<{ task: TaskDetail }>(before, `/tasks/${task_id}`)).task.status === 'running' || undefined,
  )
  before.child.kill('SIGTERM')
  t.equal(await ended(before.child), 0)
  const after = await startNode(t, today, join(directory, 'node'), before)
  t.match(await taskOf(after, task_id), { status: 'completed', attempts: [{ outcome: 'completed' }] })
  t.equal((await taskOf(after, task_id)).attempts.length, 1)
  await converse(t, after)
})
