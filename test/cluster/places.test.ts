import fc from 'fast-check'
import t from 'tap'
import type { DeviceStatus, Telemetry } from '../../schemas/index.ts'
import { assign } from '../../src/cluster/attempt.ts'
import { type Demand, demandOf } from '../../src/cluster/demand.ts'
import { createExperience } from '../../src/cluster/experience.ts'
import { createFleet } from '../../src/cluster/fleet.ts'
import { createPlaces, scoreFor } from '../../src/cluster/places.ts'
import type { DeviceLink } from '../../src/cluster/ports/link.ts'
import type { DeviceRecord, TaskRecord } from '../../src/cluster/ports/records.ts'
import { fits } from '../../src/cluster/requirements.ts'
import { createState, type State } from '../../src/cluster/state.ts'
import { holds } from '../replay.ts'
import { fakeClock } from './fake-clock.ts'
import { deviceOf, taskOf } from './records.ts'
import { helloOf, idle } from './world.ts'

const INTERVAL_SECONDS = 3600

const link: DeviceLink = {
  address: '',
  notify: () => undefined,
  request: () => new Promise(() => undefined),
  close: () => undefined,
}

const emptyState = (): State =>
  createState({
    ...{ epoch: 1, lastEventSequence: 0, lastTaskSequence: 0, devices: [], counters: [], unfinishedTasks: [] },
    ...{ keys: [], joinTokens: [], revocations: [], auditHead: undefined, config: {} },
  })

/** A fleet whose devices come, change, take tasks and end them, and what the places say of it. */
const createStage = () => {
  const clock = fakeClock(() => Promise.resolve())
  const state = emptyState()
  const fleet = createFleet(state, clock, () => INTERVAL_SECONDS)
  const experience = createExperience(
    () => clock.now(),
    state.benchmarks,
    (device_id) => void state.changedDevices.add(device_id),
  )
  const beginPass = createPlaces(fleet, experience)

  /** What a look at all devices finds. */
  const bestOfAll = (demand: Demand, record: TaskRecord): string | undefined => {
    const affinity = experience.affinity(record)
    let best: { readonly id: string; readonly score: number } | undefined
    for (const { id } of state.devices.values()) {
      const candidate = fleet.candidate(id)
      if (candidate === undefined || !fits(demand, candidate.device)) continue
      const score = scoreFor(candidate, demand, record, affinity, experience)
      if (best === undefined || score > best.score || (score === best.score && id < best.id)) best = { id, score }
    }
    return best?.id
  }

  return { clock, state, fleet, experience, beginPass, bestOfAll }
}
type Stage = ReturnType<typeof createStage>

const ids = ['a', 'b', 'c', 'd', 'e', 'f']
const types = ['echo', 'command']
const programs = ['ffmpeg', 'convert']

/** One time in eight; else what it is mostly. */
const seldom = <T>(rare: fc.Arbitrary<T>, mostly: T): fc.Arbitrary<T> =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(mostly) }, { weight: 1, arbitrary: rare })

/** Near to each other, so that little decides: a twentieth of a percent of the processor is less than what a standing moves by itself. */
const telemetry: fc.Arbitrary<Telemetry> = fc
  .record({
    cpu_usage: fc.nat(40).map((n) => n / 20),
    temperature_celsius: seldom<number | null>(fc.constant(40), null),
    battery: seldom<Telemetry['battery']>(
      fc.record({ level: fc.constantFrom(null, 90), charging: fc.boolean() }),
      null,
    ),
    paused: seldom<NonNullable<Telemetry['paused']> | null>(
      fc.constant({ reason: 'hours', message: 'Not now.' }),
      null,
    ),
  })
  .map((told) => ({ ...idle, ...told }))

const registered = fc.record({
  slots: fc.constantFrom(1, 4, 4),
  tags: fc.subarray(['lab']),
  programs: fc.subarray(programs),
  benchmark: fc.constantFrom(undefined, 1000, 1010, 3000),
  status: seldom<DeviceStatus>(fc.constant('offline'), 'online'),
  schedulable: seldom(fc.constant(false), true),
  probation: seldom<number | null>(fc.constantFrom(-1000, 30_000), null),
})

const wanted = fc.record({
  type: fc.constantFrom(...types),
  program: fc.constantFrom(...programs),
  tags: seldom<readonly string[]>(fc.constant(['lab']), []),
  batch_id: seldom<string | undefined>(fc.constant('films'), undefined),
  files: seldom<readonly number[]>(fc.subarray([1, 2, 3]), []),
  hasFailedOn: seldom<string | undefined>(fc.constantFrom(...ids), undefined),
  requested: seldom<string | undefined>(fc.constantFrom(...ids), undefined),
})
type Registered = typeof registered extends fc.Arbitrary<infer R> ? R : never
type Wanted = typeof wanted extends fc.Arbitrary<infer W> ? W : never

const id = fc.constantFrom(...ids)
const steps = {
  register: fc.record({ do: fc.constant('register' as const), id, as: registered }),
  remove: fc.record({ do: fc.constant('remove' as const), id }),
  beat: fc.record({ do: fc.constant('beat' as const), id, telemetry }),
  connect: fc.record({ do: fc.constant('connect' as const), id, ready: seldom(fc.constant(false), true) }),
  drop: fc.record({ do: fc.constant('drop' as const), id }),
  ending: fc.record({ do: fc.constant('ending' as const), id, attempts: fc.nat(2) }),
  wait: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1000, 50_000, 550_000, 9_000_000) }),
  jump: fc.record({ do: fc.constant('jump' as const), ms: fc.constantFrom(-3_600_000, -1000, 1000, 3_600_000) }),
  ran: fc.record({
    do: fc.constant('ran' as const),
    ...{ id, wanted },
    seconds: fc.constantFrom(0, 1, 1.02, 1.1, 2, null),
    times: fc.constantFrom(1, 20),
  }),
  failed: fc.record({ do: fc.constant('failed' as const), id, type: fc.constantFrom(...types) }),
  place: fc.record({ do: fc.constant('place' as const), wanted }),
  end: fc.record({ do: fc.constant('end' as const), of: fc.nat(5) }),
  undo: fc.record({ do: fc.constant('undo' as const), id, as: registered }),
}
const frequent = [steps.register, steps.beat, steps.ran, steps.failed, steps.place, steps.end, steps.wait]
const step = fc.oneof(...Object.values(steps), ...frequent, ...frequent)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

const connect = ({ fleet, clock }: Stage, device_id: string, ready = true) => {
  const live = fleet.of(device_id)
  live.link = link
  live.ready = ready
  live.heardMs = clock.monotonic()
}

/** What both find for a task. */
const compare = ({ beginPass, bestOfAll }: Stage, record: TaskRecord): string | undefined => {
  const places = beginPass()
  const demand = demandOf(record)
  const found = places.hasAny() ? places.best(demand, record) : undefined
  const expected = bestOfAll(demand, record)
  if (found !== expected) throw new Error(`it goes to ${found ?? 'none'}, and of all ${expected ?? 'none'} is the best`)
  return found
}

const recordOf = ({ type, program, tags, batch_id, files, hasFailedOn, requested }: Wanted, sequence: number) => {
  const record = taskOf(sequence, 0, {
    type,
    payload: type === 'command' ? { command: [program] } : {},
    requirements: tags.length === 0 ? {} : { tags: [...tags] },
    inputs: files.map((n) => ({ name: `file-${n}`, sha256: String(n).padStart(64, '0') })),
    ...(batch_id === undefined ? {} : { batch_id }),
  })
  const attempt = { attempt: 1, device_id: hasFailedOn ?? '', assigned_at: '', started_at: null, ended_at: null }
  const failed = { ...attempt, outcome: 'failed' as const, error: null }
  return {
    ...record,
    task: {
      ...record.task,
      requested_device_id: requested ?? null,
      attempts: hasFailedOn === undefined ? [] : [failed],
    },
  }
}

const deviceFrom = (
  device_id: string,
  { slots, tags, programs: known, benchmark, status, schedulable, probation }: Registered,
  now: number,
): DeviceRecord => {
  const { profile, offer } = helloOf()
  return deviceOf(device_id, {
    ...{ tags, status, schedulable },
    profile: {
      ...profile,
      ...(benchmark === undefined ? {} : { benchmark: { operations_per_second: benchmark, measured_at: '' } }),
    },
    offer: { ...offer, slots, task_types: types, files: true },
    learned: {
      programs: known,
      lacks: [],
      failures: 0,
      probation: probation === null ? null : { until_ms: now + probation, seconds: 60 },
    },
  })
}

/** Does a step. A task that is placed is held from then on. */
const play = (stage: Stage, at: Step, sequence: number, held: TaskRecord[]): Promise<void> | void => {
  const { clock, state, fleet, experience } = stage
  switch (at.do) {
    case 'register':
      state.devices.set(at.id, deviceFrom(at.id, at.as, clock.now()))
      return connect(stage, at.id)
    case 'remove':
      state.devices.set(at.id, undefined)
      fleet.forget(at.id)
      return experience.forget(at.id)
    case 'beat':
      if (!state.devices.has(at.id)) return
      fleet.sampled(at.id, at.telemetry)
      fleet.of(at.id).heardMs = clock.monotonic()
      return
    case 'connect':
      return connect(stage, at.id, at.ready)
    case 'drop':
      fleet.of(at.id).link = null
      return
    case 'ending': {
      const { ending } = fleet.of(at.id)
      ending.clear()
      for (let n = 0; n < at.attempts; n += 1) ending.add(String(n))
      return
    }
    case 'wait':
      return clock.advance(at.ms)
    case 'jump':
      return clock.jump(at.ms)
    case 'ran': {
      const record = recordOf(at.wanted, sequence)
      experience.given(record, at.id)
      for (let n = 0; n < at.times; n += 1) experience.completed(record, at.id, at.seconds)
      return
    }
    case 'failed':
      return experience.failed(at.type, at.id)
    case 'end': {
      const [ended] = held.splice(at.of % Math.max(1, held.length), 1)
      if (ended !== undefined) state.tasks.set(ended.task.task_id, undefined)
      return
    }
    case 'undo':
      state.devices.set(at.id, deviceFrom(at.id, at.as, clock.now()))()
      return
    case 'place': {
      const record = recordOf(at.wanted, sequence)
      const device_id = compare(stage, record)
      if (device_id === undefined) return
      const given = assign(record, device_id, 1, clock.now())
      state.tasks.set(record.task.task_id, given)
      held.push(given)
    }
  }
}

const usual: Registered = {
  ...{ slots: 4, tags: [], programs: [], benchmark: undefined },
  ...{ status: 'online', schedulable: true, probation: null },
}
const plain = { tags: [], batch_id: undefined, files: [], hasFailedOn: undefined, requested: undefined }

void t.test('the places find the very device that a look at all would, whatever has changed', async (t) => {
  let placed = 0
  const property = fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (all) => {
    const stage = createStage()
    const held: TaskRecord[] = []
    for (const device_id of ids) await play(stage, { do: 'register', id: device_id, as: usual }, 0, held)
    for (const [index, at] of all.entries()) {
      await play(stage, at, index + 1, held)
      for (const type of types) compare(stage, recordOf({ ...plain, type, program: 'ffmpeg' }, 0))
    }
    placed += held.length
  })
  await holds(t, property, 200)
  t.ok(placed > 0, `${placed} tasks were placed`)
})

void t.test('bounds of standings are no less than the standings, for as long as they say that they hold', async (t) => {
  const runs = fc.oneof(steps.ran, steps.ran, steps.failed, steps.failed, steps.wait, steps.jump)
  let held = 0
  const property = fc.asyncProperty(fc.array(runs, { maxLength: 60, size: 'max' }), async (all) => {
    const stage = createStage()
    const { experience } = stage
    const devices = ids.map((device_id) => deviceOf(device_id))
    let reach = experience.reach('echo')
    let most = new Map(devices.map((device) => [device.id, reach.most(device)]))
    for (const [index, at] of all.entries()) {
      await play(stage, at, index, [])
      if ('id' in at) most.delete(at.id)
      if (!reach.holds()) {
        reach = experience.reach('echo')
        most = new Map(devices.map((device) => [device.id, reach.most(device)]))
      } else if (most.size > 0) held += 1
      for (const device of devices) {
        const bound = most.get(device.id)
        const { success, speed } = experience.standing('echo', device)
        if (bound !== undefined && (success > bound.success || speed > bound.speed))
          throw new Error(`${device.id}: ${success} and ${speed} are more than ${JSON.stringify(bound)}`)
      }
    }
  })
  await holds(t, property, 200)
  t.ok(held > 0, `they held ${held} times`)
})
