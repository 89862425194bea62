import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { TaskTypeList } from '../../schemas/index.ts'
import { startCluster, until } from '../start-cluster.ts'
import { entry, runToEnd, temporaryDirectory } from './programs.ts'

const FIRST = `
export default {
  thumbnail: {
    description: 'Makes a picture small.',
    schema: { type: 'object', properties: { width: { type: 'integer', minimum: 1 } }, required: ['width'], additionalProperties: false },
    run: ({ width }, { log, progress }) => { log('to ' + width); progress(90, 'nearly'); return { width } },
  },
  loop: { schema: { type: 'object' }, run: (_, { log }) => { log('begun'); for (;;); } },
  crash: { schema: { type: 'object' }, run: () => process.abort() },
}
` // prettier-ignore
const SECOND = `export default { poster: { schema: { type: 'object' }, run: () => 'large' } }`

void t.test('a worker runs the task types of its owner, and follows their file', async (t) => {
  const file = join(temporaryDirectory(t), 'my-tasks.mjs')
  writeFileSync(file, FIRST)
  const cluster = await startCluster(t, { workers: 0 })
  const { process: worker } = await cluster.addWorker('phone', ['--tasks', file, '--slots', '2'])
  const types = async () => {
    const { data } = await cluster.call<TaskTypeList>('GET', '/api/v1/tasks/types')
    return data.task_types.filter(({ builtin }) => !builtin)
  }
  t.match(await types(), [
    { task_type: 'crash', devices: 1, online_devices: 1, needs_allow: false },
    { task_type: 'loop' },
    { task_type: 'thumbnail', description: 'Makes a picture small.', payload_schema: { required: ['width'] } },
  ])
  const submit = (task_type: string, payload = {}, more = {}) => cluster.submit({ task_type, payload, ...more })

  const { task_id: loop } = await submit('loop')
  const { task_id: crash } = await submit('crash')
  t.match(await cluster.task(crash, 60), { status: 'failed', error: { code: 'TASK_KILLED' } })
  t.match(await cluster.task((await submit('thumbnail', { width: 9 })).task_id, 60), {
    status: 'completed',
    progress: 90,
    result: { value: { width: 9 }, output: 'to 9\n' },
  })
  for (const [payload, path] of [
    [{ width: '9' }, '/payload/width'],
    [{}, '/payload/width'],
    [{ width: 9, hight: 9 }, '/payload/hight'],
  ] as const)
    t.match(await cluster.call('POST', '/api/v1/tasks', { task_type: 'thumbnail', payload }), {
      status: 400,
      error: { code: 'VALIDATION_ERROR', details: { issues: [{ in: 'body', path }] } },
    })

  await until('the loop runs', async () => (await cluster.task(loop)).status === 'running' || undefined)
  writeFileSync(`${file}.new`, SECOND)
  renameSync(`${file}.new`, file)
  await until('the other types are offered', async () => (await types())[0]?.task_type === 'poster' || undefined)
  t.match(await types(), [{ task_type: 'poster' }])
  t.match(await cluster.call('POST', '/api/v1/tasks', { task_type: 'thumbnail', payload: { width: 9 } }), {
    status: 400,
    error: { code: 'INVALID_TASK_TYPE', details: { available_types: /poster/ } },
  })
  t.match(await cluster.task((await submit('poster')).task_id, 60), { result: { value: 'large' } })
  t.equal((await cluster.task(loop)).status, 'running', 'what runs goes on')
  await cluster.call('DELETE', `/api/v1/tasks/${loop}`)
  await until('its slot is free', async () => {
    const { devices } = await cluster.devices()
    return devices[0]?.slots.free === 2 || undefined
  })
  t.equal(worker.exitCode, null, 'the worker is unharmed')
  const { data } = await cluster.call<{ logs: { message: string }[] }>('GET', '/api/v1/logs?component=device_registry')
  t.equal(data.logs.filter(({ message }) => message.includes('has joined')).length, 1)
  t.notOk(
    data.logs.some(({ message }) => message.includes('is connected')),
    'one connection bore it all',
  )
})

void t.test('a file that cannot be used ends the worker with a sentence and code 2', async (t) => {
  const directory = temporaryDirectory(t)
  const file = join(directory, 'my-tasks.mjs')
  const start = () =>
    runToEnd(t, entry('worker'), ['--join', '127.0.0.1:1', '--token', 'token', '--data-dir', join(directory, 'data')], {
      RETIRE_CLUSTER_TASKS: file,
    })
  t.match(await start(), { code: 2, stdout: '', stderr: `The task types of ${file} cannot be used: there is no such file.\n` }) // prettier-ignore
  writeFileSync(file, 'export default { command: {} }')
  t.match(await start(), {
    code: 2,
    stderr: /cannot be used: task type "command": a type of this name is built in/,
  })
})
