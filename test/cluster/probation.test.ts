import t from 'tap'
import { nothingLearned } from '../../src/cluster/learned.ts'
import type { Learned } from '../../src/cluster/ports/records.ts'
import { afterFailure, afterSuccess, mayPause, pauseLeftMs } from '../../src/cluster/probation.ts'
import { createWorld, type FakeDevice, idle, submitEcho, type World } from './world.ts'

const offer = { slots: 2, task_types: ['echo', 'sleep', 'system_info'], allow: [], custom_types: [] }
const error = { code: 'TASK_ERROR', message: 'broken' }

const end = async (device: FakeDevice, outcome: 'completed' | 'failed') => {
  const [run] = device.runs
  if (run === undefined) throw new Error(`${device.id} has no task`)
  await device.finish(run, outcome === 'failed' ? { outcome, error, result: null } : {})
}

const detailOf = (world: World, device_id: string) => world.node.cluster.devices.get({ device_id })

/** A world in which one device completes, and the other has failed so often. */
const failing = async (world: World, times: number) => {
  const good = await world.connect({ device_id: 'good', offer })
  const bad = await world.connect({ device_id: 'bad', offer })
  await submitEcho(world, { device_id: 'good' })
  await end(good, 'completed')
  for (let n = 0; n < times; n += 1) {
    await submitEcho(world, { device_id: 'bad' })
    await end(bad, 'failed')
  }
  return { good, bad }
}

const wait = async (world: World, devices: readonly FakeDevice[], seconds: number) => {
  for (let left = seconds; left > 0; left -= 30) {
    for (const { session } of devices) session.heartbeat(idle)
    await world.clock.advance(Math.min(30, left) * 1000)
  }
}

void t.test('a device that fails 5 in a row what others complete gets nothing for a while, and says so', async (t) => {
  const world = await createWorld(t)
  const { good, bad } = await failing(world, 4)
  t.equal((await detailOf(world, 'bad')).probation, null)
  await submitEcho(world, { device_id: 'bad' })
  await end(bad, 'failed')
  t.match((await detailOf(world, 'bad')).probation, {
    failures: 5,
    until: '2026-11-24T12:01:00.000Z',
    pause_seconds: 60,
  })
  const task_id = await submitEcho(world, { device_id: 'bad' })
  t.equal(bad.runs.length, 0)
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), {
    pending_reason: { code: 'devices_on_probation' },
  })
  t.match((await world.node.cluster.tasks.placement({ task_id })).devices[0], {
    device_id: 'bad',
    reason: { code: 'on_probation' },
  })
  const { logs } = await world.node.cluster.logs.list({ device_id: 'bad', level: 'warning' })
  t.ok(logs.some(({ message }) => message.includes('gets nothing for 60 seconds')))
  await submitEcho(world, { device_id: 'good' })
  t.equal(good.runs.length, 1, 'others go on')
})

void t.test('it proves itself with one task before it gets more, and is trusted again', async (t) => {
  const world = await createWorld(t)
  const { good, bad } = await failing(world, 5)
  for (let n = 0; n < 3; n += 1) await submitEcho(world, { device_id: 'bad' })
  await wait(world, [good, bad], 59)
  t.equal(bad.runs.length, 0)
  await wait(world, [good, bad], 2)
  t.equal(bad.runs.length, 1, 'one of its two slots')
  await end(bad, 'completed')
  t.equal(bad.runs.length, 2, 'and then all of them')
  t.equal((await detailOf(world, 'bad')).probation, null)
})

void t.test('a failed proof doubles the pause, up to an hour, also over a restart of the node', async (t) => {
  const world = await createWorld(t)
  const { good, bad } = await failing(world, 5)
  await submitEcho(world, { device_id: 'bad' })
  await wait(world, [good, bad], 61)
  await end(bad, 'failed')
  t.match((await detailOf(world, 'bad')).probation, { failures: 6, pause_seconds: 120 })
  await world.restart()
  t.match((await detailOf(world, 'bad')).probation, { failures: 6, pause_seconds: 120 })
  let learned: Learned = { ...nothingLearned, failures: 5, probation: { until_ms: 0, seconds: 60 } }
  const pauses: number[] = []
  for (let n = 0; n < 7; n += 1) {
    const now = learned.probation?.until_ms ?? 0
    learned = afterFailure(learned, now, () => false)
    pauses.push(learned.probation?.seconds ?? 0)
  }
  t.same(pauses, [120, 240, 480, 960, 1920, 3600, 3600])
})

void t.test('failures of what nobody else completed, or of long ago, say nothing of the device', async (t) => {
  const world = await createWorld(t)
  const { good, bad } = await failing(world, 0)
  for (let n = 0; n < 6; n += 1) {
    await world.node.cluster.tasks.submit({
      submission: { task_type: 'system_info', payload: {}, device_id: 'bad' },
      wait: 0,
    })
    await end(bad, 'failed')
  }
  t.equal((await detailOf(world, 'bad')).probation, null, 'nobody else completed that type')
  await wait(world, [good, bad], 3601)
  for (let n = 0; n < 6; n += 1) {
    await submitEcho(world, { device_id: 'bad' })
    await end(bad, 'failed')
  }
  t.equal((await detailOf(world, 'bad')).probation, null, 'others completed it more than an hour ago')
})

void t.test('a success in between breaks the row', async (t) => {
  const world = await createWorld(t)
  const { bad } = await failing(world, 4)
  await submitEcho(world, { device_id: 'bad' })
  await end(bad, 'completed')
  for (let n = 0; n < 4; n += 1) {
    await submitEcho(world, { device_id: 'bad' })
    await end(bad, 'failed')
  }
  t.equal((await detailOf(world, 'bad')).probation, null)
})

void t.test('what was begun before the pause neither prolongs nor ends it', (t) => {
  const paused: Learned = { ...nothingLearned, failures: 5, probation: { until_ms: 60_000, seconds: 60 } }
  t.equal(
    afterFailure(paused, 30_000, () => true),
    paused,
  )
  t.equal(afterSuccess(paused, 30_000), paused)
  t.same(afterSuccess(paused, 60_000), nothingLearned)
  t.end()
})

void t.test('no more than half of the devices are on probation, and no jump of the clock prolongs a pause', (t) => {
  t.equal(mayPause(0, 1), false, 'the last one never')
  t.equal(mayPause(0, 2), true)
  t.equal(mayPause(1, 3), false)
  const four: Learned = { ...nothingLearned, failures: 4 }
  t.same(
    afterFailure(four, 0, () => false),
    { ...nothingLearned, failures: 5 },
  )
  const probation = { until_ms: 7_260_000, seconds: 60 }
  t.equal(pauseLeftMs(probation, 7_230_000), 30_000)
  t.equal(pauseLeftMs(probation, 0), 0, 'the clock went back by two hours')
  t.end()
})
