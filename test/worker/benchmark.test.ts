import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { getPriority } from 'node:os'
import t from 'tap'
import type { Battery } from '../../schemas/device.ts'
import { keepBenchmark, keptBenchmark } from '../../src/worker/benchmark/kept.ts'
import { BENCHMARK_ARGUMENT } from '../../src/worker/benchmark/argument.ts'
import { launchBenchmark } from '../../src/worker/benchmark/launch.ts'
import { createBenchmarkSchedule } from '../../src/worker/benchmark/schedule.ts'
import { operate } from '../../src/worker/benchmark/workload.ts'
import { childrenOf } from '../../src/worker/processes/proc.ts'
import { readProfile } from '../../src/worker/profile.ts'
import { entry } from '../cli/programs.ts'
import { fakeClock, settle } from '../cluster/fake-clock.ts'
import { fixture, keptLog, temporaryDirectory, until } from './world.ts'

const world = (device: { isBusy?: boolean; battery?: Battery | null } = {}) => {
  const clock = fakeClock()
  const log = keptLog()
  const signals: AbortSignal[] = []
  const measured: number[] = []
  const ends: { give: (operations: number) => void; fail: (error: Error) => void }[] = []
  const state = { isBusy: false, battery: null as Battery | null, ...device }
  const schedule = createBenchmarkSchedule({
    clock,
    log,
    measure: (signal) => {
      signals.push(signal)
      const { promise, resolve, reject } = Promise.withResolvers<number>()
      signal.addEventListener('abort', () => reject(new Error('ended')))
      ends.push({ give: resolve, fail: reject })
      return promise
    },
    isBusy: () => state.isBusy,
    battery: () => Promise.resolve(state.battery),
    measured: (operations) => Promise.resolve(void measured.push(operations)),
  })
  return { clock, log, state, signals, measured, ends, schedule }
}

void t.test('it is measured once, some seconds after the device has joined', async (t) => {
  const { clock, signals, measured, ends, schedule } = world()
  await clock.advance(60_000)
  t.equal(signals.length, 0, 'not before it has joined')
  schedule.begin()
  await clock.advance(29_999)
  t.equal(signals.length, 0)
  await clock.advance(1)
  t.equal(signals.length, 1)
  ends[0]?.give(1000)
  await clock.advance(86_400_000)
  t.strictSame(measured, [1000])
  t.equal(signals.length, 1)
})

void t.test('a device that runs a task is measured when it runs none', async (t) => {
  const { clock, state, signals, schedule } = world({ isBusy: true })
  schedule.begin()
  await clock.advance(600_000)
  t.equal(signals.length, 0)
  state.isBusy = false
  await clock.advance(60_000)
  t.equal(signals.length, 1)
})

const low: Battery = { level: 29.9, charging: false }
for (const [battery, isMeasured] of [
  [low, false],
  [{ ...low, charging: null }, false],
  [{ ...low, level: null }, false],
  [{ ...low, charging: true }, true],
  [{ ...low, level: 30 }, true],
  [null, true],
] as const)
  void t.test(`a battery that says ${JSON.stringify(battery)} is ${isMeasured ? '' : 'not '}drawn on`, async (t) => {
    const { clock, state, signals, schedule } = world({ battery })
    schedule.begin()
    await clock.advance(30_000)
    t.equal(signals.length, isMeasured ? 1 : 0)
    state.battery = { level: 80, charging: false }
    await clock.advance(60_000)
    t.equal(signals.length, 1)
  })

void t.test('it gives way to a task, and is tried again', async (t) => {
  const { clock, log, signals, measured, ends, schedule } = world()
  schedule.begin()
  await clock.advance(30_000)
  schedule.giveWay()
  t.equal(signals[0]?.aborted, true)
  await clock.advance(59_999)
  t.equal(signals.length, 1)
  await clock.advance(1)
  t.equal(signals.length, 2)
  ends[1]?.give(500)
  await settle()
  t.strictSame(measured, [500])
  t.strictSame(log.lines, [], 'that is nothing to warn of')
})

void t.test('a worker that stops ends it, and one that cannot measure says so and goes on', async (t) => {
  const stopped = world()
  stopped.schedule.begin()
  await stopped.clock.advance(30_000)
  await stopped.schedule.stop()
  t.equal(stopped.signals[0]?.aborted, true)
  await stopped.clock.advance(600_000)
  t.equal(stopped.signals.length, 1)
  const { clock, log, signals, ends, schedule } = world()
  schedule.begin()
  await clock.advance(30_000)
  ends[0]?.fail(new Error('no memory'))
  await clock.advance(600_000)
  t.equal(signals.length, 1, 'it is tried again at the next start')
  t.strictSame(log.lines, ['how fast this device is could not be measured'])
})

const benchmark = { operations_per_second: 1234, measured_at: '2026-11-24T12:00:00.000Z' }

void t.test('a figure is kept for the processor and the Node that it was measured with', async (t) => {
  const dataDir = temporaryDirectory(t)
  const profile = await readProfile({ dataDir, version: '1.2.3', machine: fixture('pi-64') })
  t.equal(await keptBenchmark(dataDir, profile), null)
  await keepBenchmark(dataDir, profile, benchmark)
  t.strictSame(await keptBenchmark(dataDir, profile), benchmark)
  t.strictSame(await keptBenchmark(dataDir, { ...profile, hostname: 'elsewhere', worker_version: '2.0.0' }), benchmark)
  t.equal(await keptBenchmark(dataDir, { ...profile, cpu_model: 'Cortex-A76' }), null)
  t.equal(await keptBenchmark(dataDir, { ...profile, cpu_cores: 2 }), null)
  const platform = { ...profile.platform, node_version: '26.0.0' }
  t.equal(await keptBenchmark(dataDir, { ...profile, platform }), null)
  const path = join(dataDir, 'benchmark.json')
  for (const broken of [readFileSync(path, 'utf8').slice(0, 20), 'null', '5', '{"operations_per_second":"1"}']) {
    writeFileSync(path, broken)
    t.equal(await keptBenchmark(dataDir, profile), null, broken)
  }
})

void t.test('one operation is the same everywhere', (t) => {
  // Of another result older figures could not be compared with: then all of Benchmark is to be measured anew.
  t.strictSame([operate(1), operate(2), operate(-1)], [1_563_670_708, -703_299_643, 2_132_269_330])
  t.end()
})

void t.test('the worker’s own program measures, and can be ended', async (t) => {
  const operations = await launchBenchmark(entry('worker'), new AbortController().signal)
  t.ok(Number.isInteger(operations) && operations > 0, `${operations} operations per second`)
  const ended = new AbortController()
  const measuring = launchBenchmark(entry('worker'), ended.signal)
  ended.abort()
  await t.rejects(measuring, { name: 'AbortError' })
  await t.rejects(launchBenchmark(join(temporaryDirectory(t), 'nothing.mjs'), new AbortController().signal))
})

void t.test('whatever else runs on the device comes first', async (t) => {
  const child = spawn(process.execPath, [entry('worker'), BENCHMARK_ARGUMENT], { stdio: 'ignore' })
  t.teardown(() => child.kill('SIGKILL'))
  await until('it has stepped back', () => getPriority(child.pid) === 10)
})

const onLinux = { skip: process.platform !== 'linux' }

void t.test('ended, it is gone when that is told', onLinux, async (t) => {
  // A child of an earlier test may be on its way out.
  const others = childrenOf(process.pid, '/proc')
  const children = () => childrenOf(process.pid, '/proc').filter((pid) => !others.includes(pid))
  const ending = new AbortController()
  const measured = launchBenchmark(entry('worker'), ending.signal)
  t.equal(children().length, 1)
  ending.abort()
  await t.rejects(measured)
  t.strictSame(children(), [])
})

void t.test('a worker that was killed takes its benchmark with it', onLinux, async (t) => {
  const line = '"$0" "$1" speed-benchmark & echo $!; wait'
  const shell = spawn('/bin/sh', ['-c', line, process.execPath, entry('worker')])
  let said = ''
  shell.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await until('it is started', () => said.endsWith('\n'))
  const pid = said.trim()
  await until('it measures', () => getPriority(Number(pid)) === 10)
  shell.kill('SIGKILL')
  await once(shell, 'close')
  t.equal(said, `${pid}\n`, 'it has no figure to tell')
})
