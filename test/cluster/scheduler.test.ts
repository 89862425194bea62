import fc from 'fast-check'
import t from 'tap'
import type { Candidate } from '../../src/cluster/places.ts'
import { schedule } from '../../src/cluster/scheduler.ts'
import { createPendingQueue } from '../../src/cluster/pending-queue.ts'
import { assign } from '../../src/cluster/attempt.ts'
import { fits, offers, unmetNow } from '../../src/cluster/requirements.ts'
import { demandOf } from '../../src/cluster/demand.ts'
import type { TaskRecord } from '../../src/cluster/ports/records.ts'
import type { Priority, Requirements } from '../../schemas/index.ts'
import { holds } from '../replay.ts'
import { deviceOf, ignorance, placesOf, taskOf } from './records.ts'
import { helloOf } from './world.ts'

const priorities: readonly Priority[] = ['low', 'normal', 'high', 'urgent']

const withCores = (id: string, cpu_cores: number, task_types: string[], tags: string[]) => {
  const { profile, offer } = helloOf()
  return deviceOf(id, { tags, profile: { ...profile, cpu_cores }, offer: { ...offer, task_types } })
}

const types = ['echo', 'sleep']
const requirements = fc.record(
  { min_cpu_cores: fc.constantFrom(1, 4, 8), tags: fc.constantFrom([], ['lab']) },
  { requiredKeys: [] },
) as fc.Arbitrary<Requirements>

const world = fc.record({
  tasks: fc.array(
    fc.record({
      type: fc.constantFrom(...types),
      priority: fc.constantFrom(...priorities),
      requirements,
      at: fc.nat(10_000_000),
    }),
    { maxLength: 30 },
  ),
  devices: fc.array(
    fc.record({
      cores: fc.constantFrom(2, 4, 8),
      types: fc.subarray(types),
      tags: fc.subarray(['lab']),
      slots: fc.integer({ min: 1, max: 4 }),
      busy: fc.nat(4),
    }),
    { maxLength: 8 },
  ),
})

void t.test(
  'a pass gives each task to a device that fits, fills no slot twice, and leaves nothing that could go',
  async (t) => {
    await holds(
      t,
      fc.property(world, ({ tasks, devices }) => {
        const queue = createPendingQueue()
        const records = tasks.map((task, index) => taskOf(index + 1, task.at, task))
        for (const record of records) queue.update(record, record.task.task_id)
        const candidates: Candidate[] = devices.map(({ cores, types: offered, tags, slots, busy }, index) => ({
          device: withCores(`d${index}`, cores, offered, tags),
          slots,
          free: Math.max(0, slots - busy),
        }))
        const free = new Map(candidates.map(({ device, free: slots }) => [device.id, slots]))
        const given = new Set<string>()
        const { places, fill } = placesOf(candidates)
        schedule(queue.classes(0), places, ignorance, ({ record, device_id }) => {
          const { task_id } = record.task
          const candidate = candidates.find(({ device }) => device.id === device_id)
          if (candidate === undefined) throw new Error('an unknown device')
          if (given.has(task_id)) throw new Error(`${task_id} was given twice`)
          if (unmetNow(demandOf(record), candidate.device) !== undefined)
            throw new Error(`${task_id} does not fit ${device_id}`)
          const left = (free.get(device_id) ?? 0) - 1
          if (left < 0) throw new Error(`${device_id} was given more than it has slots for`)
          free.set(device_id, left)
          given.add(task_id)
          fill(device_id)
          queue.update(assign(record, device_id, 1, 0), task_id)
        })
        for (const record of records) {
          if (given.has(record.task.task_id)) continue
          const open = candidates.find(
            ({ device }) => (free.get(device.id) ?? 0) > 0 && unmetNow(demandOf(record), device) === undefined,
          )
          if (open !== undefined)
            throw new Error(`${record.task.task_id} waits though ${open.device.id} is free for it`)
        }
      }),
      100,
    )
  },
)

void t.test('within a class, nobody overtakes who is more urgent and at least as old', async (t) => {
  const property = fc.property(
    fc.array(fc.record({ priority: fc.constantFrom(...priorities), at: fc.nat(10_000_000) }), {
      minLength: 2,
      maxLength: 30,
    }),
    (tasks) => {
      const queue = createPendingQueue()
      const records = tasks.map(({ priority, at }, index) =>
        taskOf(index + 1, at, { type: 'echo', priority, requirements: {} }),
      )
      for (const record of records) queue.update(record, record.task.task_id)
      const order: TaskRecord[] = []
      const candidate = { device: withCores('d', 4, types, []), slots: 100, free: 100 }
      const { places, fill } = placesOf([candidate])
      schedule(queue.classes(0), places, ignorance, ({ record, device_id }) => {
        order.push(record)
        fill(device_id)
        queue.update(assign(record, 'd', 1, 0), record.task.task_id)
      })
      if (order.length !== records.length) throw new Error('not all were given out')
      order.forEach((earlier, index) => {
        for (const later of order.slice(index + 1)) {
          const moreUrgent = priorities.indexOf(later.task.priority) > priorities.indexOf(earlier.task.priority)
          if (moreUrgent && later.created_ms <= earlier.created_ms)
            throw new Error('a more urgent, older task came later')
        }
      })
    },
  )
  await holds(t, property, 100)
})

const HOUR_MS = 3_600_000

/** Tasks come in as time goes by, and devices end some of what they run. */
const hours = fc.record({
  devices: fc.array(fc.record({ types: fc.subarray(types, { minLength: 1 }), slots: fc.integer({ min: 1, max: 2 }) }), {
    minLength: 1,
    maxLength: 3,
  }),
  arrivals: fc.array(
    fc.record({
      gapMs: fc.nat(HOUR_MS),
      priority: fc.constantFrom(...priorities),
      type: fc.constantFrom(...types),
      ended: fc.nat(2),
    }),
    { minLength: 1, maxLength: 60, size: 'max' },
  ),
})

void t.test('nobody starves: no task is overtaken by one that was taken in more than two hours later', async (t) => {
  const property = fc.property(hours, ({ devices, arrivals }) => {
    const queue = createPendingQueue()
    const waiting = new Map<string, TaskRecord>()
    const busy = devices.map(() => 0)
    let now = 0
    const pass = () => {
      const candidates = devices.map(({ types: offered, slots }, index) => ({
        device: withCores(`d${index}`, 4, offered, []),
        slots,
        free: slots - (busy[index] ?? 0),
      }))
      const { places, fill } = placesOf(candidates)
      schedule(queue.classes(now), places, ignorance, ({ record, device_id }) => {
        const { device } = candidates.find((candidate) => candidate.device.id === device_id) ?? {}
        for (const other of waiting.values())
          if (
            device !== undefined &&
            fits(demandOf(other), device) &&
            record.created_ms - other.created_ms > 2 * HOUR_MS
          )
            throw new Error(`${record.task.task_id} overtook ${other.task.task_id} by more than two hours`)
        const index = Number(device_id.slice(1))
        busy[index] = (busy[index] ?? 0) + 1
        waiting.delete(record.task.task_id)
        fill(device_id)
        queue.update(assign(record, device_id, 1, now), record.task.task_id)
      })
    }
    const end = (count: number) => {
      for (let ended = 0; ended < count; ended += 1) {
        const index = busy.findIndex((slots) => slots > 0)
        if (index >= 0) busy[index] = (busy[index] ?? 0) - 1
      }
      pass()
    }
    for (const [index, { gapMs, ended, ...task }] of arrivals.entries()) {
      now += gapMs
      const record = taskOf(index + 1, now, task)
      waiting.set(record.task.task_id, record)
      queue.update(record, record.task.task_id)
      end(ended)
    }
    // When nothing more comes in, all that some device can run is run.
    for (let round = 0; round <= arrivals.length; round += 1) end(10)
    for (const record of waiting.values())
      if (devices.some(({ types: offered }) => offered.includes(record.task.task_type)))
        throw new Error(`${record.task.task_id} was never given out`)
  })
  await holds(t, property, 200)
})

void t.test('a cancelled or delayed task is not given out', (t) => {
  const queue = createPendingQueue()
  const first = taskOf(1, 0, { type: 'echo', priority: 'normal', requirements: {} })
  const second = { ...taskOf(2, 0, { type: 'echo', priority: 'normal', requirements: {} }), not_before_ms: 500 }
  queue.update(first, 'task-1')
  queue.update(second, 'task-2')
  queue.update(undefined, 'task-1')
  t.equal(queue.classes(0).length, 0)
  t.equal(queue.nextDueMs(0), 500)
  t.equal(queue.classes(500)[0]?.head()?.record.task.task_id, 'task-2')
  t.equal(queue.nextDueMs(500), undefined)
  t.ok(offers(withCores('d', 1, ['echo'], []), 'echo'))
  t.end()
})
