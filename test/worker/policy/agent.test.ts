import t from 'tap'
import { HelloParams, type ParamsOf } from '../../../schemas/link.ts'
import { problemOf } from '../../../src/link/checks.ts'
import { fixedAt } from '../../../src/link/client/keep-connected.ts'
import { type AgentOptions, startAgent } from '../../../src/worker/agent.ts'
import type { Systeminformation } from '../../../src/worker/machine.ts'
import { assess, unassessed } from '../../../src/worker/policy/assessment.ts'
import { noWishes, type OwnerWishes } from '../../../src/worker/policy/limits.ts'
import { ownedDevice } from '../../../src/worker/policy/owned-device.ts'
import { entry } from '../../cli/programs.ts'
import { fakeClock } from '../../cluster/fake-clock.ts'
import { type OwnedPhone, ownedPhone } from '../owned-devices.ts'
import { playedNode, welcome } from '../played-node.ts'
import { assignment, keptLog, type Owner, ref, temporaryDirectory, until } from '../world.ts'

type Heartbeat = ParamsOf<'device.heartbeat'>

const LONG = { task_type: 'sleep', payload: { duration: 86_000 }, timeout_seconds: 86_400 }

/** A worker on a phone, and the node that it speaks to. */
const world = async (
  t: Owner,
  wishes: Partial<OwnerWishes>,
  { phone = ownedPhone(t), ...more }: { phone?: OwnedPhone } & Partial<AgentOptions> = {},
) => {
  const clock = fakeClock()
  const log = keptLog()
  const node = playedNode()
  const agent = await startAgent({
    dataDir: temporaryDirectory(t),
    node: fixedAt({ host: '127.0.0.1', port: 1, fingerprint: undefined }),
    token: 'token',
    deviceId: undefined,
    role: 'mobile',
    tags: [],
    slots: undefined,
    allow: [],
    wishes: { ...noWishes, ...wishes },
    workerFile: entry('worker'),
    log,
    version: '1.2.3',
    machine: phone.machine,
    clock,
    connect: node.connect,
    ...more,
  })
  t.teardown(() => agent.kill())
  const beats = () =>
    (node.said('device.heartbeat') as Heartbeat[]).map(({ telemetry }) => telemetry.paused?.reason ?? null)
  /** Lets time pass until something is so. A look reads real files: how many seconds of the fake clock go by is not asserted. */
  const soon = async (what: string, isSo: () => boolean) => {
    const deadline = performance.now() + 20_000
    while (!isSo()) {
      if (performance.now() > deadline) throw new Error(`not within 20 s: ${what}`)
      await clock.advance(1000)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  return { phone, log, node, agent, beats, soon }
}

void t.test('the hello tells the policy, and a pause that holds already; both meet the contract', async (t) => {
  const phone = ownedPhone(t)
  phone.plug('out')
  phone.charge(15)
  const { node, log } = await world(t, { minBatteryPercent: 20, hours: '22:00-07:00' }, { phone })
  const hello = await node.hello()
  t.equal(problemOf(HelloParams, hello), undefined)
  t.match(hello, {
    offer: { policy: { min_battery_percent: 20, max_temperature_celsius: 42, hours: '22:00-07:00' } },
    telemetry: { paused: { reason: 'battery', message: /15 %.* 20 %/ }, battery: { temperature_celsius: 30 } },
  })
  t.strictSame(log.lines, [])
})

void t.test('on the plug alone, it follows the plug, and says so with a heartbeat of its own', async (t) => {
  const { phone, node, beats, soon } = await world(t, { onlyCharging: true })
  // With an hour between heartbeats, those that come tell of the plug.
  node.welcomes(welcome({ settings: { heartbeat_interval: 3600, offline_threshold: 7200, reconnect_grace: 30 } }))
  await soon('the first heartbeat', () => beats().length === 1)
  phone.plug('out')
  await soon('it says that it is off the plug', () => beats().length === 2)
  node.asks()['task.run'](assignment())
  await until('what comes is handed back', () => node.finished.length === 1)
  t.match(node.finished, [{ outcome: 'returned', error: { message: /off the plug/ } }])
  phone.plug('in')
  await soon('it says that it takes tasks', () => beats().length === 3)
  t.strictSame(beats(), [null, 'unplugged', null])
  node.asks()['task.run'](assignment(ref('task-b')))
  await until('it runs what comes', () => node.finished.length === 2)
  t.match(node.finished[1], { outcome: 'completed' })
})

void t.test('looks are as frequent as the heartbeats of the node, and rare where each costs a program', async (t) => {
  const { machine } = ownedPhone(t)
  const tools = { wishes: noWishes, slots: undefined, clock: fakeClock(), log: keptLog() }
  const phone = await ownedDevice({ ...tools, machine })
  t.equal(phone.lookEveryMs(60), 5000)
  t.equal(phone.lookEveryMs(1), 1000)
  const battery = { hasBattery: true, percent: 20, isCharging: false, acConnected: false }
  const systeminformation = () =>
    Promise.resolve({
      battery: () => Promise.resolve(battery),
      cpuTemperature: () => Promise.resolve({ max: 61 }),
    } as unknown as Systeminformation)
  const laptop = await ownedDevice({ ...tools, machine: { ...machine, platform: 'win32', systeminformation } })
  t.equal(laptop.lookEveryMs(60), 30_000)
  t.match(laptop.policy, { min_battery_percent: 30, max_temperature_celsius: null, max_cpu_percent: 50 })
  t.match(await laptop.look(() => 0), { battery: { level: 20, charging: false }, temperatureCelsius: 61 })
})

void t.test(
  'a phone that keeps its battery from us is one on battery, and its owner is told how to change that',
  async (t) => {
    const { machine } = ownedPhone(t)
    const phone = { ...machine, sysRoot: '/nowhere', ask: () => Promise.resolve(null) }
    const log = keptLog()
    const tools = { slots: undefined, clock: fakeClock(), log, machine: phone }
    const hidden = await ownedDevice({ ...tools, wishes: { ...noWishes, onlyCharging: true } })
    t.match(hidden.policy, { min_battery_percent: 30, max_temperature_celsius: null, max_cpu_percent: 50 })
    t.match(log.lines, [/install Termux:API/])
    t.match(assess(hidden.policy, await hidden.look(() => 0), unassessed).pause, { reason: 'unplugged' })
  },
)

void t.test('too hot it pauses, hands back what does not end in time, and goes on once it has cooled', async (t) => {
  const { phone, node, beats, soon } = await world(t, {})
  node.welcomes(welcome())
  node.asks()['task.run'](assignment(LONG))
  phone.heat(43)
  await soon('it says that it is hot', () => beats().at(-1) === 'temperature')
  t.strictSame(node.finished, [], 'what runs has a minute')
  await soon('what runs is handed back', () => node.finished.length === 1)
  t.match(node.finished, [{ ...ref(), outcome: 'returned', error: { message: /had to pause.*43 °C/ } }])
  phone.heat(40)
  const { length } = beats()
  await soon('two more heartbeats', () => beats().length === length + 2)
  t.equal(beats().at(-1), 'temperature', 'not yet cool enough')
  phone.heat(39)
  await soon('it says that it takes tasks', () => beats().at(-1) === null)
  node.asks()['task.run'](assignment(ref('task-b')))
  await until('it does', () => node.finished.length === 2)
})

void t.test('what ends within the grace has ended well', async (t) => {
  const { phone, node, beats, soon } = await world(t, { onlyCharging: true })
  node.welcomes(welcome())
  phone.plug('out')
  node.asks()['task.run'](assignment({ task_type: 'sleep', payload: { duration: 30 } }))
  await soon('it is off the plug', () => beats().at(-1) === 'unplugged')
  await soon('it ends', () => node.finished.length === 1)
  t.match(node.finished, [{ outcome: 'completed' }])
})

void t.test('told to stop, it says so before it hands anything back', async (t) => {
  const { node, agent, beats } = await world(t, {})
  node.welcomes(welcome())
  node.asks()['task.run'](assignment(LONG))
  const before = beats().length
  await agent.stop()
  t.strictSame(beats().slice(before), ['stopping'])
  t.match(node.finished, [{ outcome: 'returned', error: { message: 'Its worker was told to stop.' } }])
  t.match(node.goodbye(), { reason: String })
})

void t.test('what the owner asks and the device cannot tell is said at the start', async (t) => {
  const { log, node } = await world(t, { pauseWhenUsed: true })
  t.match(log.lines, ['--pause-when-used has no effect: nothing on this device tells whether somebody uses it'])
  t.equal((await node.hello()).offer.policy?.pause_when_used, false)
})

void t.test('a device without limits takes tasks however it is', async (t) => {
  const { phone, node, beats, soon } = await world(t, { minBatteryPercent: null, maxTemperatureCelsius: null })
  node.welcomes(welcome())
  phone.plug('out')
  phone.charge(1)
  phone.heat(60)
  await soon('two heartbeats', () => beats().length === 2)
  t.strictSame(beats(), [null, null])
})
