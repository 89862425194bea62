import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Telemetry } from '../../schemas/device-profile.ts'
import { problemOf } from '../../src/link/checks.ts'
import { systemClock } from '../../src/worker/clock.ts'
import { thisMachine } from '../../src/worker/machine.ts'
import { createTelemetry } from '../../src/worker/telemetry.ts'
import { readTemperature } from '../../src/worker/telemetry/heat.ts'
import { readBattery } from '../../src/worker/telemetry/power.ts'
import { readTraffic } from '../../src/worker/telemetry/traffic.ts'
import { gigabytesOf, percentOf } from '../../src/worker/telemetry/units.ts'
import { fakeClock } from '../cluster/fake-clock.ts'
import { fixture, temporaryDirectory } from './world.ts'

const onLinux = { skip: process.platform !== 'linux' && process.platform !== 'android' }

void t.test('the telemetry of this machine meets its schema', async (t) => {
  const sampler = createTelemetry({ dataDir: temporaryDirectory(t), clock: systemClock, machine: thisMachine })
  const telemetry = await sampler.sample()
  t.equal(problemOf(Telemetry, telemetry), undefined)
  t.ok((telemetry.storage_total_gb ?? 0) > 0)
  t.ok((telemetry.memory_used_gb ?? 0) > 0)
})

/** The processors of a machine that has been busy for so long, of so much time, milliseconds; none at all as on Android. */
const processors = (time: { readonly busy: number; readonly total: number } | undefined) =>
  time === undefined
    ? []
    : [{ model: '', speed: 0, times: { user: time.busy, nice: 0, sys: 0, idle: time.total - time.busy, irq: 0 } }]

void t.test('processor usage is that between two samples, and unknown where the system does not tell', async (t) => {
  const clock = fakeClock()
  const times = [
    { busy: 0, total: 0 },
    { busy: 250, total: 2000 },
    { busy: 250, total: 4000 },
  ]
  const pi = fixture('pi')
  const machine = { ...pi, system: { ...pi.system, cpus: () => processors(times.shift()) } }
  const sampler = createTelemetry({ dataDir: temporaryDirectory(t), clock, machine })
  await clock.advance(1000)
  t.equal((await sampler.sample()).cpu_usage, 12.5)
  await clock.advance(1000)
  t.equal((await sampler.sample()).cpu_usage, 0)
  await clock.advance(1000)
  t.equal((await sampler.sample()).cpu_usage, null, 'as on Android')
})

void t.test(
  'a phone: on its charger, as warm as its hottest part, with a network that it keeps to itself',
  async (t) => {
    const machine = fixture('phone')
    t.strictSame(await readBattery(machine), { level: 85, charging: true, temperature_celsius: 33.5 })
    t.equal(await readTemperature(machine), 46.2, 'neither the modem nor a sensor that is off counts')
    t.equal(await readTraffic(machine), null)
  },
)

void t.test('a Raspberry Pi: no battery, one sensor, and the traffic of its real interfaces', async (t) => {
  const machine = fixture('pi')
  t.equal(await readBattery(machine), null)
  t.equal(await readTemperature(machine), 52.6)
  t.strictSame(await readTraffic(machine), { received: 1_005_000, sent: 403_000 })
})

void t.test('a laptop: two batteries off the mains, and a mouse whose battery is not the laptop’s', async (t) => {
  const machine = fixture('laptop')
  t.strictSame(await readBattery(machine), { level: 83.5, charging: false })
  t.equal(await readTemperature(machine), 61, 'its radio is hotter, and does not count')
})

void t.test('network rates are bytes per second between two samples', onLinux, async (t) => {
  const directory = temporaryDirectory(t)
  const procRoot = join(directory, 'proc')
  cpSync(fixture('pi').procRoot, procRoot, { recursive: true })
  const clock = fakeClock()
  const sampler = createTelemetry({ dataDir: directory, clock, machine: { ...fixture('pi'), procRoot } })
  await clock.advance(1000)
  t.equal((await sampler.sample()).network_rx_bytes_per_second, null, 'one sample tells no rate')
  const counters = (received: number, sent: number) =>
    writeFileSync(join(procRoot, 'net/dev'), `eth0: ${received} 0 0 0 0 0 0 0 ${sent} 0 0 0 0 0 0 0\n`)
  counters(2_005_000, 403_000)
  await clock.advance(2000)
  t.match(await sampler.sample(), { network_rx_bytes_per_second: 500_000, network_tx_bytes_per_second: 0 })
  counters(10, 10)
  await clock.advance(2000)
  t.match(await sampler.sample(), { network_rx_bytes_per_second: null }, 'a counter that starts anew tells nothing')
})

void t.test('figures are rounded as the contract says and stay within its bounds', (t) => {
  t.equal(gigabytesOf(1_234_567_890), 1.15)
  t.equal(gigabytesOf(-1), 0)
  t.equal(percentOf(0.12345), 12.3)
  t.equal(percentOf(1.0001), 100)
  t.equal(percentOf(-0.1), 0)
  t.end()
})
