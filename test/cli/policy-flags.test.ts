import t from 'tap'
import { policyFlags, wishesOf } from '../../src/cli/device/policy-flags.ts'
import type { Reader } from '../../src/cli/options/readers.ts'

const read = <T>({ reader }: { readonly reader: Reader<T> }, text: string) => reader.fromFlag([text])

void t.test('limits are numbers within their bounds, or none', (t) => {
  t.equal(read(policyFlags.min_battery, '20'), 20)
  t.equal(read(policyFlags.min_battery, 'none'), null)
  t.equal(policyFlags.min_battery.reader.fromFile(null), null)
  t.equal(policyFlags.min_battery.reader.fromVariable('none'), null)
  t.equal(read(policyFlags.max_temperature, '38.5'), 38.5)
  t.equal(read(policyFlags.max_cpu, '25'), 25)
  for (const [flag, text] of [
    [policyFlags.min_battery, '101'],
    [policyFlags.max_temperature, 'warm'],
    [policyFlags.max_cpu, '0'],
    [policyFlags.max_cpu, '12.5'],
  ] as const)
    t.throws(() => read(flag, text), { message: /, or none$/ }, text)
  t.end()
})

void t.test('memory is a size or a share', (t) => {
  t.same(read(policyFlags.max_memory, '2GB'), { bytes: 2 ** 31 })
  t.same(read(policyFlags.max_memory, '512MB'), { bytes: 2 ** 29 })
  t.same(read(policyFlags.max_memory, '50%'), { percent: 50 })
  for (const text of ['2', '0%', '101%', '2gb', '-1GB', '']) t.throws(() => read(policyFlags.max_memory, text), text)
  t.end()
})

void t.test('hours are two different times of the day', (t) => {
  t.equal(read(policyFlags.hours, '22:00-07:00'), '22:00-07:00')
  for (const text of ['22-7', '24:00-07:00', '22:00-22:00', '22:60-23:00', '22:00-07:00 '])
    t.throws(() => read(policyFlags.hours, text), { message: /two different times such as 22:00-07:00/ }, text)
  t.end()
})

void t.test('an owner who says nothing wishes nothing', (t) => {
  const nothing = { only_charging: false, pause_when_used: false, min_battery: undefined, max_temperature: undefined, max_cpu: undefined, max_memory: undefined, hours: undefined } // prettier-ignore
  t.match(wishesOf(nothing), { onlyCharging: false, minBatteryPercent: undefined, hours: undefined })
  t.end()
})
