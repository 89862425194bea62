import t from 'tap'
import type { OwnerPolicy } from '../../../schemas/policy.ts'
import {
  assess,
  type Conditions,
  isUnlimited,
  isUrgent,
  movesTasks,
  unassessed,
} from '../../../src/worker/policy/assessment.ts'

process.env.TZ = 'UTC'

const unlimited: OwnerPolicy = {
  only_charging: false,
  min_battery_percent: null,
  max_temperature_celsius: null,
  max_cpu_percent: null,
  max_memory_gb: null,
  hours: null,
  pause_when_used: false,
}
const well: Conditions = {
  battery: { level: 80, charging: false },
  temperatureCelsius: 30,
  heatLeft: null,
  nowMs: Date.UTC(2026, 10, 24, 23),
  unusedMs: Infinity,
  tasksMemoryBytes: 0,
  freeMemoryShare: 0.5,
}

/** The reason after each of some looks; null: it takes tasks. */
const reasons = (policy: Partial<OwnerPolicy>, ...looks: readonly Partial<Conditions>[]) => {
  let assessment = unassessed
  return looks.map((look) => {
    assessment = assess({ ...unlimited, ...policy }, { ...well, ...look }, assessment)
    return assessment.pause?.reason ?? null
  })
}
const at = (level: number | null, charging: boolean | null = false) => ({ battery: { level, charging } })
const warm = (temperature_celsius: number) => ({ battery: { level: 80, charging: true, temperature_celsius } })

void t.test('without a limit nothing pauses, however the device is', (t) => {
  const worst = { ...at(1), temperatureCelsius: 120, unusedMs: 0, tasksMemoryBytes: 2 ** 40, freeMemoryShare: 0 }
  t.strictSame(reasons({}, worst, worst, worst), [null, null, null])
  t.ok(isUnlimited({ ...unlimited, max_cpu_percent: 50 }), 'a share of the processor needs no look')
  for (const limit of [{ only_charging: true }, { hours: '22:00-07:00' }, { min_battery_percent: 1 }])
    t.notOk(isUnlimited({ ...unlimited, ...limit }))
  t.end()
})

void t.test('near the heat that switches it off it pauses without a limit, until it is far from it', (t) => {
  const left = (heatLeft: number) => ({ heatLeft })
  t.strictSame(reasons({}, left(6), left(5), left(15), left(16)), [null, 'overheating', 'overheating', null])
  const hot = { ...warm(60), ...left(0) }
  t.strictSame(
    reasons({ max_temperature_celsius: 42 }, hot, hot),
    ['overheating', 'overheating'],
    'the nearer end is told',
  )
  t.ok(isUrgent('overheating'))
  t.notOk(isUrgent('temperature'))
  t.end()
})

void t.test('off the plug it stops two points above the floor, and goes on five above, or on the plug', (t) => {
  const floor = { min_battery_percent: 20 }
  t.strictSame(reasons(floor, at(15)), ['battery'])
  t.strictSame(reasons(floor, at(22), at(21.9), at(24.9), at(25)), [null, 'battery', 'battery', null])
  t.strictSame(reasons(floor, at(15), at(15, true), at(15)), ['battery', null, 'battery'])
  t.strictSame(reasons(floor, at(5, null)), ['battery'], 'who does not tell of a plug is off it')
  t.strictSame(reasons(floor, at(null), { battery: null }), [null, null], 'what is not known holds nothing up')
  t.strictSame(
    reasons({ min_battery_percent: 99 }, at(99), at(100)),
    ['battery', null],
    'a full one is above any floor',
  )
  t.end()
})

void t.test('on the plug alone: it follows the plug, and without a battery it is on it', (t) => {
  const plug = { only_charging: true }
  t.strictSame(reasons(plug, at(80, true), at(80), at(80, true)), [null, 'unplugged', null])
  t.strictSame(reasons(plug, { battery: null }, at(80, null)), [null, 'unplugged'])
  t.end()
})

void t.test('too hot at two looks in a row it stops, and goes on three degrees cooler', (t) => {
  const limit = { max_temperature_celsius: 42 }
  t.strictSame(reasons(limit, warm(43), warm(41), warm(43)), [null, null, null], 'a look alone may err')
  t.strictSame(reasons(limit, warm(43), warm(43), warm(40), warm(39.1), warm(39), warm(43)), [
    null,
    'temperature',
    'temperature',
    'temperature',
    null,
    null,
  ])
  t.strictSame(reasons(limit, warm(42), warm(42)), [null, null], 'as warm as it may be')
  const busy = { ...warm(35), temperatureCelsius: 70 }
  t.strictSame(reasons(limit, busy, busy), [null, null], 'where the battery tells, the processor does not count')
  const pi = { battery: null, temperatureCelsius: 70 }
  t.strictSame(reasons(limit, pi, pi), [null, 'temperature'])
  t.end()
})

void t.test('outside its hours it stops', (t) => {
  const nowMs = (hour: number, minute: number) => ({ nowMs: Date.UTC(2026, 10, 24, hour, minute) })
  const hours = { hours: '22:00-07:00' }
  t.strictSame(reasons(hours, nowMs(21, 59), nowMs(22, 0), nowMs(6, 58), nowMs(6, 59), nowMs(7, 0)), [
    'hours',
    null,
    null,
    'hours',
    'hours',
  ])
  t.end()
})

void t.test('while somebody uses it, and five minutes after, it stops', (t) => {
  const used = { pause_when_used: true }
  const unused = (unusedMs: number | null) => ({ unusedMs })
  t.strictSame(reasons(used, unused(0), unused(299_999), unused(300_000), unused(null)), ['used', 'used', null, null])
  t.end()
})

void t.test('while its tasks hold all the memory that they may, or little is left, it takes no more', (t) => {
  const limit = { max_memory_gb: 2 }
  const gib = (amount: number) => ({ tasksMemoryBytes: amount * 2 ** 30 })
  t.strictSame(reasons(limit, gib(1.99), gib(2), gib(1.9), gib(1.7)), [null, 'memory', 'memory', null])
  const free = (freeMemoryShare: number | null) => ({ freeMemoryShare })
  t.strictSame(reasons(limit, free(0.1), free(0.09), free(0.14), free(0.15), free(null)), [
    null,
    'memory',
    'memory',
    null,
    null,
  ])
  t.equal(movesTasks('memory'), false, 'what runs goes on')
  t.equal(movesTasks('battery'), true)
  t.end()
})

void t.test('of several reasons one is told, and each ends by its own rule', (t) => {
  const both = { min_battery_percent: 20, only_charging: true }
  t.strictSame(reasons(both, at(15), at(24), at(26), at(26, true)), ['battery', 'battery', 'unplugged', null])
  const cold = { max_temperature_celsius: 42, only_charging: true }
  const off = (heat: number) => ({ battery: { level: 80, charging: false, temperature_celsius: heat } })
  t.strictSame(reasons(cold, off(43), off(43), warm(40), warm(39)), ['unplugged', 'unplugged', 'temperature', null])
  t.end()
})

void t.test('the message says why, and what ends it', (t) => {
  const message = (policy: Partial<OwnerPolicy>, look: Partial<Conditions>) =>
    assess({ ...unlimited, ...policy }, { ...well, ...look }, unassessed).pause?.message
  t.equal(
    message({ min_battery_percent: 20 }, at(15)),
    'It is on battery at 15 %, and its owner keeps 20 %. It takes tasks again on the plug, or from 25 % on.',
  )
  t.equal(message({ hours: '01:00-02:00' }, {}), 'It takes tasks from 01:00 to 02:00 by its own clock.')
  t.end()
})
