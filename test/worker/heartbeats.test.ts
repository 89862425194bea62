import t from 'tap'
import type { Telemetry } from '../../schemas/device-profile.ts'
import { createHeartbeats } from '../../src/worker/heartbeats.ts'
import { fakeClock } from '../cluster/fake-clock.ts'
import { keptLog } from './world.ts'

const telemetry: Telemetry = {
  cpu_usage: 12.5,
  memory_used_gb: 1,
  storage_total_gb: 10,
  storage_used_gb: 5,
  network_rx_bytes_per_second: null,
  network_tx_bytes_per_second: null,
  load_average_1m: null,
  temperature_celsius: null,
  battery: null,
  metered: null,
  uptime_seconds: null,
}

const world = (sample: () => Promise<Telemetry> = () => Promise.resolve(telemetry)) => {
  const clock = fakeClock()
  const log = keptLog()
  const sentMs: number[] = []
  const begunMs = clock.monotonic()
  const send = () => void sentMs.push(clock.monotonic() - begunMs)
  return { clock, log, sentMs, heartbeats: createHeartbeats({ clock, sample, send, log }) }
}

void t.test('the first heartbeat comes soon, the others at the interval', async (t) => {
  const { clock, sentMs, heartbeats } = world()
  heartbeats.start(60)
  await clock.advance(130_000)
  t.strictSame(sentMs, [5000, 65_000, 125_000])
})

void t.test('a changed interval counts from its change', async (t) => {
  const { clock, sentMs, heartbeats } = world()
  heartbeats.start(60)
  await clock.advance(6000)
  heartbeats.change(10)
  await clock.advance(20_000)
  t.strictSame(sentMs, [5000, 16_000, 26_000])
})

void t.test(
  'what was stopped beats no more, also where it was just taking a sample, and change does not start it',
  async (t) => {
    let give: (telemetry: Telemetry) => void = () => undefined
    const { clock, sentMs, heartbeats } = world(() => new Promise((resolve) => (give = resolve)))
    heartbeats.start(1)
    await clock.advance(1000)
    heartbeats.stop()
    give(telemetry)
    heartbeats.change(1)
    await clock.advance(10_000)
    t.strictSame(sentMs, [])
  },
)

void t.test('a sample that fails is logged, and the next one taken at its time', async (t) => {
  let samples = 0
  const { clock, log, sentMs, heartbeats } = world(() =>
    (samples += 1) === 1 ? Promise.reject(new Error('no')) : Promise.resolve(telemetry),
  )
  heartbeats.start(1)
  await clock.advance(2000)
  t.strictSame(sentMs, [2000])
  t.equal(log.lines.length, 1)
})
