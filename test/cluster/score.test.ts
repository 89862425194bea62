import fc from 'fast-check'
import t from 'tap'
import { scoreParts } from '../../schemas/index.ts'
import { createBenchmarks } from '../../src/cluster/benchmarks.ts'
import { createExperience } from '../../src/cluster/experience.ts'
import { affinityTo, lastingMeasures, scoreOf, toPoints } from '../../src/cluster/score.ts'
import type { Candidate } from '../../src/cluster/places.ts'
import { schedule } from '../../src/cluster/scheduler.ts'
import { createPendingQueue } from '../../src/cluster/pending-queue.ts'
import { HOUR_MS } from '../../src/cluster/periods.ts'
import { holds } from '../replay.ts'
import { deviceOf, ignorance, measured, placesOf, taskOf } from './records.ts'
import { idle } from './world.ts'

const unknown = { success: 0.5, speed: 0.5 }

void t.test('the points add up to 100, and no state of a device brings more or less than 0 to 100', async (t) => {
  t.equal(
    Object.values(scoreParts).reduce((sum, { points }) => sum + points, 0),
    100,
  )
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
  const percent = fc.double({ min: 0, max: 100, noNaN: true })
  await holds(
    t,
    fc.property(
      fc.record({
        cpu_usage: maybe(percent),
        temperature_celsius: maybe(fc.double({ min: -100, max: 300, noNaN: true })),
        battery: maybe(
          fc.record({
            level: maybe(percent),
            charging: maybe(fc.boolean()),
            temperature_celsius: maybe(fc.double({ min: -100, max: 300, noNaN: true })),
          }),
        ),
      }),
      fc.record({ success: share, speed: share }),
      share,
      share,
      share,
      (telemetry, standing, free_slots, files, affinity) => {
        const device = deviceOf('d', { telemetry: { ...idle, ...telemetry } })
        const { score, score_points } = toPoints({ ...lastingMeasures(device, standing), free_slots, files, affinity })
        if (score < 0 || score > 100) throw new Error(`a score of ${score}`)
        const sum = Object.values(score_points).reduce((all, points) => all + points, 0)
        if (Math.abs(sum - score) > 0.05) throw new Error(`the points add up to ${sum}, the score is ${score}`)
      },
    ),
    100,
  )
})

void t.test('what is worse for a device brings it fewer points', (t) => {
  const score = (telemetry: Partial<typeof idle>) =>
    scoreOf(lastingMeasures(deviceOf('d', { telemetry: { ...idle, ...telemetry } }), unknown))
  const best = score({ cpu_usage: 0 })
  t.ok(score({ cpu_usage: 90 }) < best, 'its owner uses it')
  t.ok(score({ cpu_usage: 0, temperature_celsius: 45 }) < best, 'it is hot')
  t.equal(score({ cpu_usage: 0, temperature_celsius: 80 }), best - scoreParts.cool.points)
  t.equal(
    score({ cpu_usage: 0, battery: { level: 10, charging: true } }),
    best,
    'on the plug a low charge costs nothing',
  )
  t.ok(score({ cpu_usage: 0, battery: { level: 100, charging: false } }) < best, 'a full battery is no plug')
  t.ok(
    score({ battery: { level: 20, charging: false } }) < score({ battery: { level: 80, charging: false } }),
    'and the charge counts',
  )
  const battery = { level: 80, charging: true, temperature_celsius: 30 }
  t.equal(score({ cpu_usage: 0, temperature_celsius: 60, battery }), best, 'a cool battery beside a processor at work')
  t.ok(score({ cpu_usage: 0, battery: { ...battery, temperature_celsius: 45 } }) < best, 'a battery that is hot')
  t.end()
})

void t.test('success and speed are learned from past runs, and fade', (t) => {
  let now = 0
  const experience = createExperience(() => now, createBenchmarks())
  const run = (device_id: string, seconds: number) => experience.completed(taskOf(1, 0), device_id, seconds)
  t.same(experience.standing('echo', deviceOf('a')), unknown, 'nothing is known')
  for (let n = 0; n < 8; n += 1) {
    run('fast', 1)
    run('slow', 3)
    experience.failed('echo', 'bad')
  }
  t.equal(experience.mean('echo', 'fast'), 1)
  t.equal(experience.mean('echo', 'new'), 2, 'without runs of its own, the mean of all')
  t.same(experience.standing('echo', deviceOf('fast')), { success: 0.9, speed: 1 })
  t.match(experience.standing('echo', deviceOf('slow')), { success: 0.9, speed: 2 / 3 / 2 })
  t.same(experience.standing('echo', deviceOf('bad')), { success: 0.1, speed: 0.5 })
  t.same(experience.standing('sleep', deviceOf('fast')), unknown, 'each type by itself')
  now += 6 * HOUR_MS
  t.match(experience.standing('echo', deviceOf('bad')), { success: 1 / 6 }, 'after six hours a run counts half')
  t.equal(experience.mean('echo', 'fast'), 1, 'and a mean stays')
  now += 100 * HOUR_MS
  t.ok(experience.standing('echo', deviceOf('bad')).success > 0.49, 'at last nothing is held against it')
  experience.forget('slow')
  t.ok(Math.abs((experience.mean('echo', 'new') ?? 0) - 1) < 1e-9, 'a device that was removed counts no more')
  t.end()
})

void t.test('where no run tells how fast a device is, its benchmark does, against the cluster’s median', (t) => {
  const benchmarks = createBenchmarks()
  const experience = createExperience(() => 0, benchmarks)
  const [old, usual, quick] = [measured('old', 500), measured('usual', 1000), measured('quick', 3000)]
  for (const device of [old, usual, quick]) benchmarks.update(undefined, device)
  const speed = (device = usual, type = 'echo') => experience.standing(type, device).speed
  t.same([speed(old), speed(usual), speed(quick)], [0.25, 0.5, 1])
  t.equal(speed(deviceOf('unmeasured')), 0.5)
  experience.failed('echo', 'old')
  t.equal(speed(old), 0.25, 'a failure tells nothing of it')
  experience.completed(taskOf(1, 0), 'old', 1)
  experience.completed(taskOf(2, 0), 'quick', 3)
  t.same([speed(old), speed(quick)], [1, 2 / 3 / 2], 'what was seen of the type stands before what was measured')
  t.same([speed(old, 'sleep'), speed(quick, 'sleep')], [0.25, 1], 'each type by itself')
  t.end()
})

void t.test('what ended before a start is read back, no surer than the hours in which it is counted', (t) => {
  const experience = createExperience(() => 10 * HOUR_MS, createBenchmarks())
  const row = { device_id: 'a', task_type: 'echo', count: 4, execution_seconds: 8 }
  experience.recall([
    { ...row, hour_ms: 4 * HOUR_MS, status: 'completed' },
    { ...row, hour_ms: 4 * HOUR_MS, status: 'failed' },
    { ...row, hour_ms: 10 * HOUR_MS, status: 'cancelled' },
    { ...row, device_id: 'b', hour_ms: 10 * HOUR_MS, status: 'completed' },
  ])
  t.same(experience.standing('echo', deviceOf('a')), { success: 3 / 6, speed: 0.5 })
  t.equal(experience.mean('echo', 'a'), 2)
  t.equal(experience.completedElsewhere('echo', 'b'), false, 'six hours ago is not within the hour')
  t.equal(experience.completedElsewhere('echo', 'a'), true)
  t.end()
})

void t.test(
  'a task goes where the like was done last, or where its batch is, but not where it has just failed',
  (t) => {
    const experience = createExperience(() => 0, createBenchmarks())
    const record = taskOf(1, 0, { type: 'command', payload: { command: ['ffmpeg', '-i', 'a'] }, batch_id: 'films' })
    const other = taskOf(2, 0, { type: 'command', payload: { command: ['convert', 'a'] } })
    experience.completed(record, 'a', 1)
    experience.given(record, 'b')
    const near = (device_id: string, task = record, knowsProgram = false) =>
      affinityTo(device_id, experience.affinity(task), { knowsProgram })
    t.equal(near('a'), 1)
    t.equal(near('b'), 1)
    t.equal(near('c'), 0)
    t.equal(near('c', record, true), 0.5, 'it has run the program before')
    t.equal(near('a', other), 0, 'another program')
    const attempt = { attempt: 1, device_id: 'a', assigned_at: '', started_at: null, ended_at: null, error: null }
    const failed = { ...record, task: { ...record.task, attempts: [{ ...attempt, outcome: 'failed' as const }] } }
    t.equal(near('a', failed), 0)
    experience.dropBatch('films')
    t.equal(near('b'), 0)
    t.end()
  },
)

void t.test('the scheduler gives a task to the highest score, and of equals to the first by id', (t) => {
  const place = (id: string, free: number, cpu_usage = 0): Candidate => ({
    device: deviceOf(id, { telemetry: { ...idle, cpu_usage } }),
    slots: 4,
    free,
  })
  const goesTo = (candidates: Candidate[], knowledge = ignorance) => {
    const queue = createPendingQueue()
    queue.update(taskOf(1, 0), 'task-1')
    let given: string | undefined
    schedule(queue.classes(0), placesOf(candidates, knowledge).places, knowledge, ({ device_id }) => {
      given = device_id
      queue.update(undefined, 'task-1')
    })
    return given
  }
  t.equal(goesTo([place('b', 4), place('a', 4)]), 'a')
  t.equal(goesTo([place('a', 2), place('b', 4)]), 'b', 'spread first')
  t.equal(goesTo([place('a', 4, 80), place('b', 4)]), 'b')
  const standing = ({ id }: { id: string }) => ({ success: id === 'b' ? 0.9 : 0.5, speed: 0.5 })
  const better = {
    ...ignorance,
    standing: (_: string, device: { id: string }) => standing(device),
    reach: () => ({ holds: () => true, most: standing }),
  }
  t.equal(goesTo([place('a', 4), place('b', 4)], better), 'b', 'past success')
  const affinity = { last: 'b', batch: undefined, avoided: undefined }
  t.equal(goesTo([place('a', 4), place('b', 4)], { ...ignorance, affinity: () => affinity }), 'b', 'a warm cache')
  t.equal(
    goesTo([place('a', 4), place('b', 3)], { ...ignorance, affinity: () => affinity }),
    'a',
    'which does not outweigh a slot of four',
  )
  t.end()
})
