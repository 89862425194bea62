import t from 'tap'
import type { Machine } from '../../src/worker/machine.ts'
import { readAndroidBattery } from '../../src/worker/telemetry/android-battery.ts'

/** A phone whose Termux:API says this at each question, the last again and again; and how often it was asked. */
const phone = (...answers: (string | null)[]) => {
  let asked = 0
  const ask: Machine['ask'] = (program) => {
    const answer = program === 'termux-battery-status' ? (answers[Math.min(asked, answers.length - 1)] ?? null) : null
    asked += 1
    return Promise.resolve(answer)
  }
  return { ask, asked: () => asked }
}

const saying = (told: object) => readAndroidBattery(phone(JSON.stringify(told)))

void t.test('charge, plug and heat are those that Termux:API tells', async (t) => {
  const discharging = {
    health: 'GOOD',
    percentage: 85,
    plugged: 'UNPLUGGED',
    status: 'DISCHARGING',
    temperature: 27.54,
  }
  t.strictSame(await saying(discharging), { level: 85, charging: false, temperature_celsius: 27.5 })
  t.strictSame(await saying({ percentage: 100, plugged: 'PLUGGED_WIRELESS', status: 'NOT_CHARGING' }), {
    level: 100,
    charging: true,
  })
  t.strictSame(await saying({ status: 'FULL' }), { level: null, charging: true }, 'an older version tells no plug')
})

void t.test('a phone without Termux:API has a battery of which nothing is known', async (t) => {
  const unknown = { level: null, charging: null }
  t.strictSame(await readAndroidBattery(phone(null)), unknown)
  t.strictSame(await readAndroidBattery(phone('Termux:API is not yet available on Google Play')), unknown)
  t.strictSame(await readAndroidBattery(phone('[1]')), unknown)
})

void t.test('it is asked twice a minute, and where nothing answers every ten minutes', async (t) => {
  const there = phone('{"percentage":50}', '{"percentage":49}')
  t.match(await readAndroidBattery(there, 0), { level: 50 })
  t.match(await readAndroidBattery(there, 29_999), { level: 50 })
  t.equal(there.asked(), 1)
  t.match(await readAndroidBattery(there, 30_000), { level: 49 })

  const absent = phone(null, '{"percentage":50}')
  await readAndroidBattery(absent, 0)
  t.match(await readAndroidBattery(absent, 599_999), { level: null })
  t.equal(absent.asked(), 1)
  t.match(await readAndroidBattery(absent, 600_000), { level: 50 })
})
