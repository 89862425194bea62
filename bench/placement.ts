/**
 * What one placement costs while the queue grows: 1,000, 10,000 and 100,000 tasks in 200 classes wait for 500 busy devices.
 * The dispatcher is the real one, on the real state; nothing is written to a disk. A pass in which the system took the processor
 * away is not counted: that would measure who else uses the machine.
 *
 *     npm run bench:placement
 */
import { performance } from 'node:perf_hooks'
import { newTask } from '../src/cluster/admission.ts'
import { createDispatcher } from '../src/cluster/dispatch.ts'
import { createExperience } from '../src/cluster/experience.ts'
import { createFleet } from '../src/cluster/fleet.ts'
import { nothingLearned } from '../src/cluster/learned.ts'
import { createLessons } from '../src/cluster/lessons.ts'
import { createLifecycle } from '../src/cluster/lifecycle.ts'
import type { Clock } from '../src/cluster/ports/clock.ts'
import type { DeviceLink } from '../src/cluster/ports/link.ts'
import type { DeviceRecord } from '../src/cluster/ports/records.ts'
import { createState, type State } from '../src/cluster/state.ts'
import type { Transaction } from '../src/cluster/unit-of-work.ts'
import type { Priority, Requirements } from '../schemas/index.ts'

const SIZES = [1000, 10_000, 100_000]
const DEVICES = 500
const SLOTS = 4
/** 40 tags, and 5 numbers of cores that may be asked for with each: 200 classes. */
const TAGS = 40
const CORES = [1, 2, 4, 6, 8]
/** Placements that are measured in each state of the queue, in turns, so that all sizes see the same machine. */
const ROUNDS = 20
const PLACEMENTS_A_ROUND = 200
/** What is measured while the compiler warms up is thrown away. */
const WARM_UP_ROUNDS = 5

const priorities: readonly Priority[] = ['low', 'normal', 'high', 'urgent']

/** Numbers that look random, the same in every run (mulberry32, Tommy Ettinger, 2017). */
const randomFrom = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

const deviceOf = (n: number): DeviceRecord => ({
  id: `device-${n}`,
  credential_hash: '',
  status: 'online',
  role: 'compute',
  tags: [`tag-${n % TAGS}`, `tag-${(n * 7 + 3) % TAGS}`],
  display_name: null,
  schedulable: true,
  profile: {
    hostname: `device-${n}`,
    platform: { os: 'linux', os_version: null, arch: 'aarch64', python_version: null, node_version: null },
    cpu_cores: Math.max(...CORES),
    memory_total_gb: 4,
    model: null,
    cpu_model: null,
    capabilities: ['computational'],
    network_interfaces: [],
    sensors: [],
    worker_version: '0.1.0',
  },
  offer: { slots: SLOTS, task_types: ['echo'], allow: [], custom_types: [] },
  telemetry: {
    cpu_usage: n % 100,
    memory_used_gb: 1,
    storage_total_gb: 32,
    storage_used_gb: 8,
    network_rx_bytes_per_second: null,
    network_tx_bytes_per_second: null,
    load_average_1m: null,
    temperature_celsius: 30 + (n % 20),
    battery: { level: n % 100, charging: n % 2 === 0 },
    metered: null,
    uptime_seconds: null,
  },
  declared_role: 'compute',
  declared_tags: [],
  learned: nothingLearned,
  unclean_stops: [],
  registered_ms: 0,
  last_seen_ms: 0,
})

const noLink: DeviceLink = {
  address: '',
  notify: () => undefined,
  request: () => new Promise(() => undefined),
  close: () => undefined,
}

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: () => () => undefined,
  endOfTurn: () => undefined,
}

/** A unit of work whose rows go into the state alone. */
const transactionOn = (state: State): Transaction => ({
  putTask: (record) => void state.tasks.set(record.task.task_id, record),
  putDevice: (record) => void state.devices.set(record.id, record),
  removeDevice: () => undefined,
  countTask: () => undefined,
  putKey: () => undefined,
  removeKey: () => undefined,
  putJoinToken: () => undefined,
  removeJoinToken: () => undefined,
  putRevocation: () => undefined,
  liftRevocation: () => undefined,
  putConfig: () => undefined,
  putMetrics: () => undefined,
  keepAnswer: () => undefined,
  record: () => undefined,
  audit: () => undefined,
  log: () => undefined,
  after: (effect) => effect(),
  undone: () => undefined,
})

/** A queue of this length in front of busy devices. */
const createQueue = (length: number) => {
  const random = randomFrom(length)
  const state = createState({
    epoch: 1,
    lastEventSequence: 0,
    lastTaskSequence: 0,
    devices: Array.from({ length: DEVICES }, (_, n) => deviceOf(n)),
    counters: [],
    unfinishedTasks: [],
    keys: [],
    joinTokens: [],
    revocations: [],
    auditHead: undefined,
    config: {},
  })
  const fleet = createFleet(state, clock, () => 86_400)
  for (const { id } of state.devices.values()) {
    const live = fleet.of(id)
    live.link = noLink
    live.ready = true
    live.heardMs = clock.monotonic()
  }
  const experience = createExperience(() => clock.now(), state.benchmarks)
  const lessons = createLessons(state, experience, () => clock.now())
  const lifecycle = createLifecycle({
    now: () => clock.now(),
    share: Math.random,
    devices: state.devices,
    lessons,
    progressOf: () => undefined,
  })
  const dispatcher = createDispatcher({ state, fleet, lifecycle, knowledge: experience, clock }, () => undefined)
  const tx = transactionOn(state)

  const ofRandomClass = (): Requirements => ({
    tags: [`tag-${random(TAGS)}`],
    min_cpu_cores: CORES[random(CORES.length)] ?? 1,
  })
  const submit = (created_ms: number, requirements: Requirements) => {
    state.last.task += 1
    const sequence = state.last.task
    const record = newTask(
      {
        task_type: 'echo',
        payload: {},
        priority: priorities[random(priorities.length)] ?? 'normal',
        requirements,
      },
      { task_id: `task-${sequence}`, sequence, original_task_id: null },
      60,
      created_ms,
    )
    tx.putTask(record)
  }
  const deviceIds = Array.from(state.devices.values(), ({ id }) => id)
  /** Returns what the task had required. */
  const endOne = (): Requirements => {
    const busy = deviceIds.filter((id) => state.assignedTo(id).size > 0)
    const device_id = busy[random(busy.length)] ?? ''
    const [task_id = ''] = state.assignedTo(device_id)
    const record = state.tasks.get(task_id)
    if (record === undefined) throw new Error('no device has a task')
    const { attempt } = record.task
    lifecycle.ended(tx, record, device_id, {
      ...{ task_id, epoch: record.attempt_epoch, attempt, outcome: 'completed', error: null },
      ...{ result: null, execution_time_seconds: 1, resource_usage: null },
    })
    return record.task.requirements
  }
  const held = () => deviceIds.reduce((sum, id) => sum + state.assignedTo(id).size, 0)

  // Until all devices are busy, and so many tasks wait.
  const start = clock.now() - length - DEVICES * SLOTS
  for (let n = 0; n < length + DEVICES * SLOTS; n += 1) submit(start + n, ofRandomClass())
  dispatcher.dispatch(tx)

  return {
    /** A task ends and another comes in; the pass that follows gives out one. Microseconds; undefined where others had the processor meanwhile. */
    placeOne: (): number | undefined => {
      const before = held()
      // Another of the same class, so that none runs dry.
      submit(clock.now(), endOne())
      const { involuntaryContextSwitches } = process.resourceUsage()
      const began = performance.now()
      dispatcher.dispatch(tx)
      const took = performance.now() - began
      const isDisturbed = process.resourceUsage().involuntaryContextSwitches > involuntaryContextSwitches
      if (held() !== before) throw new Error('the pass gave out another number than one')
      return isDisturbed ? undefined : took * 1000
    },
    waiting: () => state.counts.pending - held(),
    classes: () => state.queue.classes(clock.now()).length,
  }
}

const quantile = (sorted: readonly number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? NaN

const queues = SIZES.map((length) => ({ length, queue: createQueue(length), taken: [] as number[] }))
for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1)
  for (const { queue, taken } of queues)
    for (let n = 0; n < PLACEMENTS_A_ROUND; n += 1) {
      const us = queue.placeOne()
      if (round >= 0 && us !== undefined) taken.push(us)
    }

const rows = queues.map(({ queue, taken }) => {
  const sorted = taken.toSorted((a, b) => a - b)
  return {
    waiting: queue.waiting(),
    counted: taken.length,
    classes: queue.classes(),
    medianUs: quantile(sorted, 0.5),
    p95Us: quantile(sorted, 0.95),
  }
})
const ceiling = rows[0]
const line = (cells: readonly string[]) =>
  process.stdout.write(`${cells.map((cell) => cell.padStart(10)).join('  ')}\n`)
line(['waiting', 'classes', 'passes', 'median µs', 'p95 µs', 'median ×', 'p95 ×'])
for (const { waiting, classes, counted, medianUs, p95Us } of rows)
  line([
    String(waiting),
    String(classes),
    String(counted),
    medianUs.toFixed(0),
    p95Us.toFixed(0),
    (medianUs / (ceiling?.medianUs ?? NaN)).toFixed(2),
    (p95Us / (ceiling?.p95Us ?? NaN)).toFixed(2),
  ])
