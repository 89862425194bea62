import t from 'tap'
import { createBenchmarks } from '../../../src/cluster/benchmarks.ts'
import { createExperience } from '../../../src/cluster/experience.ts'
import { createPendingQueue } from '../../../src/cluster/pending-queue.ts'
import type { TaskRecord } from '../../../src/cluster/ports/records.ts'
import { schedule } from '../../../src/cluster/scheduler.ts'
import { settle } from '../fake-clock.ts'
import { deviceOf, placesOf, taskOf } from '../records.ts'
import { createWorld, type FakeDevice, helloOf } from '../world.ts'

const takesFiles = { offer: { ...helloOf().offer, files: true } }
const shaOf = (n: number) => n.toString(16).padStart(64, '0')
const taking = (sequence: number, files: readonly number[], created_ms = 0, more: object = {}): TaskRecord =>
  taskOf(sequence, created_ms, { ...more, inputs: files.map((n) => ({ name: `file-${n}`, sha256: shaOf(n) })) })
const nothingKept = () => createExperience(() => 0, createBenchmarks())

/** Where each of these tasks goes, in the order in which they are given out. */
const places = (tasks: readonly TaskRecord[], devices: Record<string, number>, knowledge = nothingKept()) => {
  const queue = createPendingQueue()
  for (const record of tasks) queue.update(record, record.task.task_id)
  const candidates = Object.entries(devices).map(([id, free]) => ({ device: deviceOf(id, takesFiles), slots: 4, free }))
  const given: [number, string][] = []
  const { places: free, fill } = placesOf(candidates, knowledge)
  schedule(queue.classes(0), free, knowledge, ({ record, device_id }) => {
    fill(device_id)
    queue.update(undefined, record.task.task_id)
    given.push([record.sequence, device_id])
  })
  return given
}

void t.test('a device counts for the share of the inputs that it was given before, until it is removed', (t) => {
  const knowledge = nothingKept()
  knowledge.given(taking(1, [1, 2]), 'a')
  const shares = () => [[1], [1, 2], [1, 3], [3], []].map((files) => knowledge.keeps(taking(2, files), 'a'))
  t.strictSame(shares(), [1, 1, 0.5, 0, 0])
  t.equal(knowledge.keeps(taking(2, [1]), 'b'), 0)
  knowledge.given(taking(3, [1]), 'b')
  knowledge.forget('a')
  t.strictSame(shares(), [0, 0, 0, 0, 0])
  t.equal(knowledge.keeps(taking(2, [1]), 'b'), 1)
  t.end()
})

void t.test('of 50,000 files it is known who keeps them; those given out longest ago are forgotten', (t) => {
  const knowledge = nothingKept()
  for (let n = 0; n < 50_000; n += 1) knowledge.given(taking(1, [n]), 'a')
  knowledge.given(taking(1, [0]), 'a')
  t.strictSame(
    [0, 1, 2].map((n) => knowledge.keeps(taking(2, [n]), 'a')),
    [1, 1, 1],
  )
  knowledge.given(taking(1, [50_000]), 'a')
  t.strictSame(
    [0, 1, 2, 50_000].map((n) => knowledge.keeps(taking(2, [n]), 'a')),
    [1, 0, 1, 1],
  )
  t.end()
})

void t.test('a task goes to the device that keeps its inputs, unless another one is much emptier', (t) => {
  const knowledge = nothingKept()
  knowledge.given(taking(1, [1]), 'b')
  t.strictSame(places([taking(2, [1])], { a: 4, b: 4 }, knowledge), [[2, 'b']])
  t.strictSame(places([taking(2, [1])], { a: 3, b: 3 }, knowledge), [[2, 'b']])
  t.strictSame(places([taking(2, [1])], { a: 4, b: 2 }, knowledge), [[2, 'a']])
  t.strictSame(places([taking(2, [2])], { a: 4, b: 4 }, knowledge), [[2, 'a']], 'what nobody keeps')
  t.end()
})

void t.test('a device is given the task close behind the head whose inputs it keeps', (t) => {
  const knowledge = nothingKept()
  knowledge.given(taking(1, [2]), 'a')
  const MINUTE_MS = 60_000
  const given = (...tasks: TaskRecord[]) => places(tasks, { a: 1 }, knowledge)[0]?.[0]
  t.equal(given(taking(2, [1]), taking(3, [2])), 3)
  t.equal(given(taking(2, [2]), taking(3, [2])), 2, 'the head where that is as good')
  t.equal(given(taking(2, [1]), taking(3, [2], 10 * MINUTE_MS)), 3)
  t.equal(given(taking(2, [1]), taking(3, [2], 10 * MINUTE_MS + 1)), 2, 'not one that came in long after it')
  t.equal(given(taking(2, [1], 0, { priority: 'high' }), taking(3, [2])), 2, 'nor one of a lower priority')
  t.equal(
    given(taking(2, [1]), taking(3, [2], 0, { requirements: { min_cpu_cores: 2 } })),
    2,
    'nor one of another demand',
  )
  t.end()
})

void t.test('of a second run over the same folder most of the inputs need not move', async (t) => {
  const FILES = 400
  const world = await createWorld(t)
  const offer = { ...helloOf().offer, task_types: ['command'], allow: ['command' as const], files: true }
  const files = Array.from({ length: FILES }, (_file, n) => world.files.put(`photo ${n}`))
  const devices: FakeDevice[] = []
  for (let n = 0; n < 8; n += 1) devices.push(await world.connect({ device_id: `device-${n}`, offer }))
  const kept = new Map<string, Set<string>>()

  /** Runs the folder, each device at a speed of its own; tells which share of the inputs the device had kept. */
  const run = async (slownessOf: (n: number) => number) => {
    const tasks = files.map((sha256) => ({
      task_type: 'command',
      payload: { command: ['true'] },
      inputs: [{ name: 'photo', sha256 }],
    }))
    await world.node.cluster.tasks.submitBatch({ tasks })
    let near = 0
    for (let round = 0; devices.some(({ runs }) => runs.length > 0); round += 1) {
      for (const [n, device] of devices.entries()) {
        const [next] = device.runs
        if (next === undefined || round % slownessOf(n) !== 0) continue
        const [{ sha256 } = { sha256: '' }] = next.inputs ?? []
        const cache = kept.get(device.id) ?? new Set()
        if (cache.has(sha256)) near += 1
        kept.set(device.id, cache.add(sha256))
        await device.finish(next)
      }
      await settle()
    }
    return near / FILES
  }

  const slowness = (n: number) => 1 + (n % 3)
  t.equal(await run(slowness), 0, 'at first everything is fetched')
  const again = await run(slowness)
  const turned = await run((n) => 4 - slowness(n))
  t.comment(`stay where they are: ${again * 100} %; where the fast ones are slow now: ${turned * 100} %`)
  t.ok(again > 0.95, `${again} of them`)
  // Without a look behind the head it would be 15.5 %; what the slow ones keep the fast ones fetch when they have run out.
  t.ok(turned > 0.5, `${turned} of them`)
})
