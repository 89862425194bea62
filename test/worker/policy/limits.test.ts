import t from 'tap'
import { type LimitedDevice, noWishes, policyOf, slotsOf, withoutLimits } from '../../../src/worker/policy/limits.ts'

const phone: LimitedDevice = {
  hasBattery: true,
  tellsBatteryHeat: true,
  cores: 8,
  memoryBytes: 4 * 2 ** 30,
  tellsUse: true,
}
const pi: LimitedDevice = { ...phone, hasBattery: false, tellsBatteryHeat: false, cores: 4 }

void t.test('a battery is spared where its owner said nothing', (t) => {
  const policy = policyOf(noWishes, phone, undefined)
  t.strictSame(policy, {
    only_charging: false,
    min_battery_percent: 30,
    max_temperature_celsius: 42,
    max_cpu_percent: 50,
    max_memory_gb: null,
    hours: null,
    pause_when_used: false,
  })
  t.equal(slotsOf(policy, phone, undefined), 4)
  const laptop = policyOf(noWishes, { ...phone, tellsBatteryHeat: false }, undefined)
  t.equal(laptop.max_temperature_celsius, null, 'a processor at work is warmer than 42 °C')
  t.end()
})

void t.test('without a battery nothing is held back', (t) => {
  const policy = policyOf(noWishes, pi, undefined)
  t.strictSame(policy, { ...policyOf(withoutLimits, phone, undefined) })
  t.equal(slotsOf(policy, pi, undefined), 4)
  t.end()
})

void t.test('what the owner says stands before the defaults, and none or 0 before both', (t) => {
  const wishes = { ...noWishes, minBatteryPercent: 80, maxTemperatureCelsius: 38.5, maxCpuPercent: 25 }
  const policy = policyOf(wishes, phone, undefined)
  t.match(policy, { min_battery_percent: 80, max_temperature_celsius: 38.5, max_cpu_percent: 25 })
  t.equal(slotsOf(policy, phone, undefined), 2)
  t.match(policyOf({ ...noWishes, minBatteryPercent: 0, maxTemperatureCelsius: 0 }, phone, undefined), {
    min_battery_percent: null,
    max_temperature_celsius: null,
  })
  t.match(policyOf(wishes, pi, undefined), { max_temperature_celsius: 38.5 }, 'a limit of heat needs no battery')
  t.end()
})

void t.test('slots are as many as the owner says, and no more than the share of the processor', (t) => {
  const half = { max_cpu_percent: 50 }
  t.match(policyOf(noWishes, phone, 8), { max_cpu_percent: null }, 'who says the slots wants no default')
  t.equal(slotsOf({ max_cpu_percent: null }, phone, 12), 12)
  t.equal(slotsOf(half, phone, 8), 4, 'said both, the lesser')
  t.equal(slotsOf(half, phone, 2), 2)
  t.equal(slotsOf({ max_cpu_percent: 10 }, pi, undefined), 1, 'one is left to any device')
  t.end()
})

void t.test('memory is bounded by a size or by a share of it', (t) => {
  t.equal(policyOf({ ...noWishes, maxMemory: { bytes: 512 * 2 ** 20 } }, phone, undefined).max_memory_gb, 0.5)
  t.equal(policyOf({ ...noWishes, maxMemory: { percent: 25 } }, phone, undefined).max_memory_gb, 1)
  t.end()
})

void t.test('what the device cannot tell is no part of the policy', (t) => {
  const wishes = { ...noWishes, pauseWhenUsed: true }
  t.equal(policyOf(wishes, phone, undefined).pause_when_used, true)
  t.equal(policyOf(wishes, { ...phone, tellsUse: false }, undefined).pause_when_used, false)
  t.end()
})
