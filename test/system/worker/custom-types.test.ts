import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Success, TaskDetail, TaskSubmitted, TaskTypeList } from '../../../schemas/index.ts'
import { logLine, start, temporaryDirectory } from '../../cli/programs.ts'
import { type Build, previousBuild, today } from '../../previous-build.ts'
import { JOIN_TOKEN, until } from '../../start-cluster.ts'

const typed = (name: string) =>
  `export default { ${name}: { schema: { type: 'object', required: ['n'] }, run: ({ n }) => n * 2 } }`

/** A node of a build, and the one-file worker of today with a task file; the file changes, and its other type is run. */
const followed = async (t: Test, build: Build) => {
  const directory = temporaryDirectory(t)
  const file = join(directory, 'my-tasks.mjs')
  writeFileSync(file, typed('one'))
  const node = start(t, build.entry('api'), [
    '--port', '0',
    '--cluster-port', '0',
    '--cluster-bind', '127.0.0.1',
    '--data-dir', join(directory, 'node'),
    '--join-token', JOIN_TOKEN,
  ]) // prettier-ignore
  node.stdout?.resume()
  const { port, cluster_port } = await logLine(node, ({ msg }) => msg === 'listening')
  const worker = start(t, today.workerBundle, [
    '--join', `127.0.0.1:${Number(cluster_port)}`,
    '--token', JOIN_TOKEN,
    '--device-id', 'phone',
    '--data-dir', join(directory, 'phone'),
    '--min-battery', 'none', '--max-temperature', 'none', '--max-cpu', 'none',
    '--tasks', file,
  ]) // prettier-ignore
  worker.stdout?.resume()
  worker.stderr?.resume()
  const ask = async <T>(path: string, body?: object): Promise<T> => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const response = await fetch(`http://127.0.0.1:${Number(port)}/api/v1${path}`, body === undefined ? {} : init)
    return ((await response.json()) as Success<T>).data
  }
  const isOffered = (name: string) =>
    until(`${name} is offered`, async () => {
      const { task_types } = await ask<TaskTypeList>('/tasks/types')
      return task_types.find((type) => !type.builtin && type.task_type === name && type.online_devices === 1)
    })
  await isOffered('one')
  writeFileSync(file, typed('two'))
  await isOffered('two')
  const { task_id } = await ask<TaskSubmitted>('/tasks', { task_type: 'two', payload: { n: 21 } })
  const { task } = await ask<{ task: TaskDetail }>(`/tasks/${task_id}?wait=30`)
  t.match(task, { status: 'completed', result: { value: 42 } })
}

void t.test('the one-file worker runs the types of a file, and follows it', (t) => followed(t, today))

void t.test('a node of the previous build, which knows of no changed offers, hears a new hello', async (t) =>
  followed(t, await previousBuild(t)),
)
