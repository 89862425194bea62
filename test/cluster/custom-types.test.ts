import t from 'tap'
import { createWorld, endOf } from './world.ts'

/** An offer of a type of the owner's own, whose payload must have these numbers. */
const offering = (task_type: string, ...numbers: string[]) => ({
  slots: 2,
  task_types: ['echo'],
  allow: [],
  custom_types: [
    {
      task_type,
      description: 'Makes a picture small.',
      payload_schema: {
        type: 'object',
        properties: Object.fromEntries(numbers.map((name) => [name, { type: 'integer' }])),
        required: numbers,
      },
    },
  ],
})
const submitting = (payload: object, more: object = {}) => ({
  submission: { task_type: 'thumbnail', payload: { ...payload }, ...more },
  wait: 0,
})

void t.test('a payload must meet the schema of a device that offers its type', async (t) => {
  const { node, connect } = await createWorld(t)
  const { tasks } = node.cluster
  await connect({ device_id: 'one', offer: offering('thumbnail', 'width') })
  await t.rejects(tasks.submit(submitting({ width: '9' })), {
    code: 'VALIDATION_ERROR',
    details: {
      reason: 'payload.width must be integer',
      issues: [{ in: 'body', path: '/payload/width', message: 'must be integer' }],
    },
  })
  await connect({ device_id: 'two', credential: 'two'.repeat(20), offer: offering('thumbnail', 'height') })
  t.match(await tasks.submit(submitting({ height: 9 })), { task_id: /^task-/ }, 'one of them takes it')
  await t.rejects(tasks.submit(submitting({ height: 9 }, { device_id: 'one' })), { code: 'VALIDATION_ERROR' })
  await t.rejects(tasks.submit(submitting({ depth: 9 })), {
    code: 'VALIDATION_ERROR',
    details: { issues: [{ path: '/payload/width' }] },
  })

  const batch = { tasks: [submitting({ width: 1 }).submission, submitting({ width: 1.5 }).submission] }
  await t.rejects(tasks.submitBatch(batch), {
    code: 'VALIDATION_ERROR',
    details: { path: '/tasks/1', issues: [{ path: '/tasks/1/payload/width' }] },
  })
})

void t.test(
  'a device that offers something else is given what waits for it, and is asked no more for what has gone',
  async (t) => {
    const world = await createWorld(t)
    const { cluster } = world.node
    const device = await world.connect({ device_id: 'one', offer: offering('thumbnail', 'width') })
    const types = async () =>
      (await cluster.tasks.types()).task_types.filter(({ builtin }) => !builtin).map(({ task_type }) => task_type)
    t.strictSame(await types(), ['thumbnail'])
    const [running, waiting, next] = [1, 2, 3].map((width) => ({ width }))
    const ids: string[] = []
    for (const payload of [running, waiting, next])
      ids.push((await cluster.tasks.submit(submitting({ ...payload }))).task_id)
    t.equal(device.runs.length, 2, 'its slots are taken')

    await device.session.offer(offering('poster', 'width'))
    t.strictSame(await types(), ['poster'])
    t.match((await cluster.devices.get({ device_id: 'one' })).task_types, ['echo', 'poster'])
    for (const run of device.runs.slice()) await device.finish(run)
    const { status, pending_reason } = await cluster.tasks.get({ task_id: ids[2] ?? '', wait: 0 })
    t.match({ status, pending_reason }, { status: 'pending', pending_reason: { code: 'no_fitting_device', message: /offers its task type/ } }) // prettier-ignore
    t.equal((await cluster.tasks.get({ task_id: ids[0] ?? '', wait: 0 })).status, 'completed', 'what ran goes on')
    await t.rejects(cluster.tasks.submit(submitting({ width: 1 })), { code: 'INVALID_TASK_TYPE' })

    await device.session.offer(offering('thumbnail', 'width'))
    t.match(device.runs, [{ task_id: ids[2], task_type: 'thumbnail' }], 'it is back')
    const { logs } = await cluster.logs.list({ component: 'device_registry' })
    t.match(logs[0], { details: { added_types: ['thumbnail'], removed_types: ['poster'] } })
  },
)

void t.test(
  'what a device said that it cannot run is forgotten with its old offer, and the new one outlives a restart',
  async (t) => {
    const world = await createWorld(t)
    const { cluster } = world.node
    const device = await world.connect({ device_id: 'one', offer: offering('thumbnail', 'width') })
    await cluster.tasks.submit(submitting({ width: 1 }))
    const [run] = device.runs
    if (run === undefined) throw new Error('nothing was given out')
    const error = { code: 'TASK_REJECTED', message: 'no' }
    await device.session.finished(endOf(run, { outcome: 'rejected', result: null, error, rejection: 'task_type' }))
    t.match((await cluster.devices.get({ device_id: 'one' })).learned.lacks, [{ kind: 'task_type' }])
    await device.session.offer(offering('thumbnail', 'height'))
    t.strictSame((await cluster.devices.get({ device_id: 'one' })).learned.lacks, [])
    await world.restart()
    const { task_types } = await world.node.cluster.tasks.types()
    t.match(
      task_types.find(({ task_type }) => task_type === 'thumbnail'),
      { builtin: false, payload_schema: { required: ['height'] } },
    )
  },
)
