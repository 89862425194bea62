import t from 'tap'
import { type FinishedParams, MOST_ISSUES, type TaskArtifact } from '../../../schemas/index.ts'
import type { ClusterError } from '../../../src/cluster/errors.ts'
import { settle } from '../fake-clock.ts'
import { createWorld, endOf, type FakeDevice, helloOf, type World, wentWell } from '../world.ts'

const offer = { ...helloOf().offer, task_types: ['command'], allow: ['command' as const] }
const withFiles = { offer: { ...offer, files: true } }
const ABSENT = 'f'.repeat(64)

const command = (change: object) => ({ task_type: 'command', payload: { command: ['true'] }, ...change })
const submit = async (world: World, change: object) => {
  const { task_id } = await world.node.cluster.tasks.submit({ submission: command(change), wait: 0 })
  await settle()
  return task_id
}
const runOf = (device: FakeDevice) => {
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  return run
}
/** The end of a run that left these files. */
const leaving = (artifacts: TaskArtifact[], change: Partial<FinishedParams> = {}): Partial<FinishedParams> => ({
  result: { ...wentWell, artifacts },
  ...change,
})

void t.test('a task is taken in only with inputs that are here, by names that go together', async (t) => {
  const world = await createWorld(t)
  const sha256 = world.files.put('here')
  const refused = (path: string) => ({ code: 'VALIDATION_ERROR', details: { issues: [{ in: 'body', path }] } })
  await t.rejects(submit(world, { inputs: [{ name: 'a', sha256: ABSENT }] }), refused('/inputs/0/sha256'))
  for (const [one, other] of [
    ['a', 'a'],
    ['a', 'a/b'],
    ['a/b', 'a'],
    ['a/b/c', 'a/b'],
  ] as const) {
    const inputs = [one, other].map((name) => ({ name, sha256 }))
    await t.rejects(submit(world, { inputs }), refused('/inputs/1/name'), `${one}, ${other}`)
  }
  const tasks = [command({}), command({ inputs: [{ name: 'a', sha256: ABSENT }] })]
  await t.rejects(world.node.cluster.tasks.submitBatch({ tasks }), {
    code: 'VALIDATION_ERROR',
    details: { path: '/tasks/1', issues: [{ in: 'body', path: '/tasks/1/inputs/0/sha256' }] },
  })
  t.match(await world.node.cluster.tasks.list({}), { total: 0 })
  const inputs = ['a/b', 'a/c', 'ab'].map((name) => ({ name, sha256 }))
  const task_id = await submit(world, { inputs, outputs: ['out'] })
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { inputs, outputs: ['out'] })
})

void t.test('a wasm task is taken in only with its module among its inputs', async (t) => {
  const world = await createWorld(t)
  const { tasks } = world.node.cluster
  const sha256 = world.files.put('here')
  const wasm = (module: string, names: string[]) => ({
    task_type: 'wasm',
    payload: { module },
    ...(names.length === 0 ? {} : { inputs: names.map((name) => ({ name, sha256 })) }),
  })
  const refused = (allowed: string[], of = '') => ({
    code: 'VALIDATION_ERROR',
    details: {
      issues: [{ in: 'body', path: `${of}/payload/module`, message: /store the file, and name it in/, allowed }],
    },
  })
  await t.rejects(tasks.submit({ submission: wasm('a.wasm', []), wait: 0 }), refused([]))
  const other = { ...wasm('a.wasm', ['b.wasm', 'c']), queue_if_unavailable: true }
  await t.rejects(tasks.submit({ submission: other, wait: 0 }), refused(['b.wasm', 'c']))
  const batch = [wasm('a.wasm', ['a.wasm']), wasm('a.wasm', ['A.wasm'])]
  await t.rejects(tasks.submitBatch({ tasks: batch }), refused(['A.wasm'], '/tasks/1'))
  t.match(await tasks.list({}), { total: 0 })
  await tasks.submit({ submission: wasm('code/a.wasm', ['text', 'code/a.wasm']), wait: 0 })
  await tasks.submit({ submission: command({ inputs: [{ name: 'module', sha256 }] }), wait: 0 })
  t.match(await tasks.list({}), { total: 2 }, 'of no other type is a module asked')
})

void t.test('no more is told of what is wrong with inputs than an error may say', async (t) => {
  const world = await createWorld(t)
  const inputs = Array.from({ length: 1000 }, () => ({ name: 'a', sha256: ABSENT }))
  const refused = submit(world, { inputs }).catch((error: unknown) => error)
  t.equal(((await refused) as ClusterError).details.issues?.length, MOST_ISSUES, 'of 999 names and 1000 hashes')
})

void t.test('only a worker that takes files gets a task with files, and others are told why not', async (t) => {
  const world = await createWorld(t)
  const old = await world.connect({ device_id: 'old', offer })
  const sha256 = world.files.put('here')
  const reason = /^the worker of old \(0\.1\.0\) takes no tasks with files; .*\/join$/
  await t.rejects(submit(world, { outputs: ['out'] }), {
    code: 'INSUFFICIENT_RESOURCES',
    details: { unmet_requirement: 'files', reason },
  })
  const task_id = await submit(world, { inputs: [{ name: 'in', sha256 }], queue_if_unavailable: true })
  t.strictSame(old.runs, [])
  t.match(await world.node.cluster.tasks.placement({ task_id }), {
    devices: [{ device_id: 'old', fits: false, reason: { code: 'requirement_unmet' } }],
  })
  const device = await world.connect({ device_id: 'new', ...withFiles })
  t.match(runOf(device), { task_id, inputs: [{ name: 'in', sha256 }] })
  t.notOk('outputs' in runOf(device))
  await device.finish(runOf(device))
  await submit(world, {})
  const plain = [...old.runs, ...device.runs]
  t.equal(plain.length, 1)
  t.notOk(
    plain.some((run) => 'inputs' in run || 'outputs' in run),
    'a task without files is sent as ever',
  )
})

void t.test('an attempt has completed once all that it left is stored', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect(withFiles)
  const task_id = await submit(world, { outputs: ['one', 'two'] })
  const run = runOf(device)
  await device.start(run)
  const one = { name: 'one', sha256: world.files.put('1'), bytes: 1 }
  const two = { name: 'two', sha256: ABSENT, bytes: 1 }
  await t.rejects(device.session.finished(endOf(run, leaving([one, two]))), {
    code: 'ARTIFACT_NOT_FOUND',
    details: { sha256: ABSENT, task_id },
  })
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { status: 'running' })
  const stored = { ...two, sha256: world.files.put('2') }
  await device.finish(run, leaving([one, stored]))
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), {
    status: 'completed',
    result: { artifacts: [one, stored] },
  })
  t.strictSame(
    await device.session.finished(endOf(run, leaving([one, two]))),
    {},
    'an end that is told again is acknowledged, whatever is stored',
  )
})

void t.test('an attempt that left other files than its task names has failed', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect(withFiles)
  const fileOf = (name: string) => ({ name, sha256: world.files.put(name), bytes: name.length })
  for (const names of [['one'], ['two', 'one'], ['one', 'two', 'three'], []]) {
    const task_id = await submit(world, { outputs: ['one', 'two'] })
    await device.finish(runOf(device), leaving(names.map(fileOf)))
    const task = await world.node.cluster.tasks.get({ task_id, wait: 0 })
    t.match(task, { status: 'failed', error: { code: 'TASK_OUTPUT_MISSING' } }, names.join())
  }
})

void t.test('a retry whose inputs have gone says so, one by one and in a batch', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect(withFiles)
  const sha256 = world.files.put('here')
  const task_id = await submit(world, { inputs: [{ name: 'in', sha256 }] })
  await device.finish(runOf(device), { outcome: 'failed', error: { code: 'TASK_ERROR', message: 'no' } })
  const { tasks, artifacts } = world.node.cluster
  await artifacts.remove({ sha256 })
  const gone = { code: 'ARTIFACT_NOT_FOUND', details: { sha256 } }
  await t.rejects(tasks.retry({ task_id }), gone)
  t.match(await tasks.retryBatch({ task_ids: [task_id] }), {
    changed: 0,
    outcomes: [{ task_id, outcome: 'refused', error: gone }],
  })
  world.files.put('here')
  await tasks.retry({ task_id })
  await settle()
  t.match(runOf(device), { inputs: [{ name: 'in', sha256 }] })
})

void t.test('a file that an unfinished task takes cannot be removed, whether it waits or runs', async (t) => {
  const world = await createWorld(t)
  const sha256 = world.files.put('here')
  const { artifacts } = world.node.cluster
  const inUse = { code: 'ARTIFACT_IN_USE', details: { sha256 } }
  const inputs = [
    { name: 'one', sha256 },
    { name: 'two', sha256 },
  ]
  await submit(world, { inputs })
  await t.rejects(artifacts.remove({ sha256 }), inUse)
  await world.restart()
  await t.rejects(world.node.cluster.artifacts.remove({ sha256 }), inUse, 'nor after a restart')
  const device = await world.connect(withFiles)
  await device.start(runOf(device))
  await t.rejects(world.node.cluster.artifacts.remove({ sha256 }), inUse)
  await device.finish(runOf(device))
  t.match(await world.node.cluster.artifacts.remove({ sha256 }), { removed_artifact: sha256 })
})

void t.test('a task that is refused or taken back names nothing', async (t) => {
  const world = await createWorld(t)
  const sha256 = world.files.put('here')
  world.store.fault = 'full'
  await t.rejects(submit(world, { inputs: [{ name: 'in', sha256 }] }), { code: 'STORAGE_FULL' })
  world.store.fault = undefined
  t.match(await world.node.cluster.artifacts.remove({ sha256 }), { removed_artifact: sha256 })
})
