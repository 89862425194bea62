import fc from 'fast-check'
import t from 'tap'
import { createBenchmarks } from '../../src/cluster/benchmarks.ts'
import type { DeviceRecord } from '../../src/cluster/ports/records.ts'
import { holds } from '../replay.ts'
import { deviceOf, measured } from './records.ts'
import { createWorld, helloOf, submitEcho } from './world.ts'

const middleOf = (figures: readonly number[]): number => {
  const sorted = [...figures].sort((a, b) => a - b)
  const last = sorted.length - 1
  return ((sorted[Math.floor(last / 2)] ?? 0) + (sorted[Math.ceil(last / 2)] ?? 0)) / 2
}

void t.test('a device is as fast as the median of all says, whatever joined, was measured anew and left', async (t) => {
  const figure = fc.option(fc.integer({ min: 0, max: 1000 }), { nil: null })
  const step = fc.record({ id: fc.integer({ min: 0, max: 5 }), figure: fc.option(figure, { nil: undefined }) })
  await holds(
    t,
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const benchmarks = createBenchmarks()
      const devices = new Map<number, DeviceRecord>()
      for (const { id, figure } of steps) {
        // Undefined: it leaves; null: it is not measured.
        const after = figure === undefined ? undefined : figure === null ? deviceOf(`${id}`) : measured(`${id}`, figure)
        benchmarks.update(devices.get(id), after)
        if (after === undefined) devices.delete(id)
        else devices.set(id, after)
        const figures = [...devices.values()].flatMap(({ profile }) => profile.benchmark?.operations_per_second ?? [])
        const middle = middleOf(figures)
        for (const device of devices.values()) {
          const own = device.profile.benchmark?.operations_per_second
          const expected = own === undefined ? undefined : middle === 0 ? 0.5 : Math.min(2, own / middle) / 2
          const speed = benchmarks.speedOf(device)
          if (speed !== expected) throw new Error(`${speed} and not ${expected}, of ${figures.join(' ')}`)
        }
      }
    }),
    200,
  )
})

const benchmark = { operations_per_second: 2000, measured_at: '2026-11-24T12:00:00.000Z' }

void t.test('what becomes known of a device later is shown, kept, and decides who gets a task', async (t) => {
  const w = await createWorld(t)
  const { profile } = helloOf()
  const [fast, slow] = [await w.connect({ device_id: 'fast' }), await w.connect({ device_id: 'a-slow' })]
  const info = async (id: string) => (await w.node.cluster.devices.get({ device_id: id })).detailed_info
  t.match(await info('fast'), { benchmark: null, cores: null, gpu: null, battery_health: null }, 'an older worker')
  const cores = [{ kind: 'uniform' as const, count: 4, max_mhz: null }]
  fast.session.profile({ ...profile, benchmark, cores, gpu: 'Mali', sensors: ['light'] })
  slow.session.profile({ ...profile, benchmark: { ...benchmark, operations_per_second: 500 } })
  t.match(await info('fast'), { benchmark, cores, gpu: 'Mali', sensors: ['light'] })
  const task_id = await submitEcho(w)
  t.equal(
    (await w.node.cluster.tasks.get({ task_id, wait: 0 })).device_id,
    'fast',
    'of equals the first by id would get it',
  )
  await w.restart()
  t.match(await info('fast'), { benchmark })
})

void t.test('a device that tells more of itself is not asked again for what it cannot run', async (t) => {
  const w = await createWorld(t)
  const { profile } = helloOf()
  const device = await w.connect({ device_id: 'd' })
  const task_id = await submitEcho(w)
  const [run] = device.runs
  if (run === undefined) throw new Error(`${task_id} was not given out`)
  await device.finish(run, {
    outcome: 'rejected',
    result: null,
    error: { code: 'TASK_REJECTED', message: 'no' },
    rejection: 'task_type',
  })
  device.session.profile({ ...profile, benchmark })
  t.match((await w.node.cluster.devices.get({ device_id: 'd' })).learned, {
    lacks: [{ kind: 'task_type', name: 'echo' }],
  })
})
