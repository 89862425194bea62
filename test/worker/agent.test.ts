import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Credential, HelloParams } from '../../schemas/link.ts'
import { problemOf } from '../../src/link/checks.ts'
import { ClusterError } from '../../src/link/client/keep-connected.ts'
import { attemptName } from '../../src/worker/attempts.ts'
import { noWishes } from '../../src/worker/policy/limits.ts'
import { settle } from '../cluster/fake-clock.ts'
import { agentWorld } from './agent-world.ts'
import { endsIn } from './outbox-content.ts'
import { settings, welcome } from './played-node.ts'
import { assignment, fixture, ref, temporaryDirectory, until } from './world.ts'

const keptIn = (dataDir: string) =>
  JSON.parse(readFileSync(join(dataDir, 'identity.json'), 'utf8')) as { device_id: string | null; credential: string }

void t.test('the first hello asks to join, and tells what the device is', async (t) => {
  const { node, log, dataDir } = await agentWorld(t, { deviceId: 'device-1' })
  const hello = await node.hello()
  t.equal(problemOf(HelloParams, hello), undefined)
  t.match(hello, {
    device_id: 'device-1',
    session: null,
    join_token: 'token',
    role: 'compute',
    tags: ['kitchen'],
    profile: { worker_version: '1.2.3' },
    offer: { slots: 2, task_types: ['echo', 'sleep', 'system_info'] },
    running: [],
    finished: [],
  })
  t.strictSame(log.lines, [])
  t.match(keptIn(dataDir), { device_id: null, credential: hello.credential }, 'its credential is on disk before')
})

void t.test('all that it tells of its machine is read from the one that it is given', async (t) => {
  // As Android has it: no processors to be seen, and a question that is not answered.
  const { node } = await agentWorld(t, { machine: fixture('phone'), slots: undefined, wishes: noWishes })
  t.match(await node.hello(), {
    profile: { model: 'Google Pixel 3a', cpu_cores: 8, network_interfaces: [], platform: { os: 'android' } },
    telemetry: { battery: { level: 85, charging: true }, temperature_celsius: 46.2, cpu_usage: null },
    // The defaults that spare a battery.
    offer: {
      slots: 4,
      policy: { only_charging: false, min_battery_percent: 30, max_temperature_celsius: 42, max_cpu_percent: 50 },
    },
  })
})

void t.test('the credential is kept with mode 0600, the token is not, and the next start needs none', async (t) => {
  const joined: string[] = []
  const { node, agent, dataDir, start } = await agentWorld(t, { onJoined: (device_id) => void joined.push(device_id) })
  const { credential } = await node.hello()
  t.equal(problemOf(Credential, credential), undefined)
  node.welcomes(welcome())
  await until('it is told as joined', () => joined.length > 0)
  t.strictSame(joined, ['device-1'])
  t.match(keptIn(dataDir), { device_id: 'device-1', credential })
  t.notMatch(readFileSync(join(dataDir, 'identity.json'), 'utf8'), 'token')
  if (process.platform !== 'win32') t.equal(statSync(join(dataDir, 'identity.json')).mode & 0o777, 0o600)
  await agent.stop()
  await start({ token: undefined })
  t.match(await node.hello(), { device_id: 'device-1', credential, session: null, join_token: null })
})

void t.test('at every later hello it says what the node said to it last', async (t) => {
  const { node } = await agentWorld(t)
  node.welcomes(welcome({ session: 'first' }))
  node.vanishes()
  t.equal((await node.hello()).session, 'first')
  node.welcomes(welcome({ session: 'second' }))
  t.equal((await node.hello()).session, 'second')
})

void t.test('killed before it heard the answer to its hello, it says the same again', async (t) => {
  const { node, agent, start } = await agentWorld(t)
  const { credential } = await node.hello()
  agent.kill()
  await start()
  t.match(await node.hello(), { credential, session: null, join_token: 'token' })
})

void t.test('an identity of an earlier version works as it is, and is bound to the machine from then on', async (t) => {
  const dataDir = temporaryDirectory(t)
  const credential = 'e'.repeat(43)
  writeFileSync(join(dataDir, 'identity.json'), JSON.stringify({ device_id: 'device-1', credential }))
  const { node } = await agentWorld(t, { dataDir, token: undefined })
  t.match(await node.hello(), { device_id: 'device-1', credential, join_token: null })
  t.match(keptIn(dataDir), { device_id: 'device-1', credential, machine: Object })
})

void t.test('a device without credential and token, and one that is given another id, does not start', async (t) => {
  const dataDir = temporaryDirectory(t)
  await t.rejects(agentWorld(t, { dataDir, token: undefined }), { code: 'TOKEN_MISSING' })
  writeFileSync(join(dataDir, 'identity.json'), JSON.stringify({ device_id: 'device-1', credential: 'e'.repeat(43) }))
  await t.rejects(agentWorld(t, { dataDir, deviceId: 'device-2' }), { code: 'DEVICE_ID_CONFLICT', message: 'device-1' })
  writeFileSync(join(dataDir, 'identity.json'), '{')
  await t.rejects(agentWorld(t, { dataDir }), { code: 'IDENTITY_BROKEN' })
})

void t.test('a data directory that cannot be used is said plainly', async (t) => {
  const dataDir = temporaryDirectory(t)
  writeFileSync(join(dataDir, 'outbox'), '')
  await t.rejects(agentWorld(t, { dataDir }), { code: 'DATA_DIR_UNUSABLE', message: dataDir })
})

void t.test('a task is run, told as started, and its result sent and then forgotten', async (t) => {
  const { node, clock } = await agentWorld(t)
  node.welcomes(welcome())
  node.asks()['task.run'](assignment({ task_type: 'sleep', payload: { duration: 0.01 } }))
  await until('it is told as started', () => node.said('task.started').length > 0)
  t.strictSame([node.said('task.started'), node.finished], [[ref()], []])
  await clock.advance(10)
  await until('the result is sent', () => node.finished.length > 0)
  t.match(node.finished, [{ ...ref(), outcome: 'completed' }])
  await settle()
  t.strictSame((await node.hello()).finished, [])
})

void t.test('of what is over at once the end alone is told, to a node that takes it for the start', async (t) => {
  for (const [tells, starts] of [
    [true, []],
    [undefined, [ref()]],
  ] as const) {
    const { node } = await agentWorld(t)
    node.welcomes(welcome(tells === undefined ? {} : { ends_tell_starts: tells }))
    node.asks()['task.run'](assignment())
    await until('the result is sent', () => node.finished.length > 0)
    t.match(node.finished, [{ ...ref(), outcome: 'completed', result: { output: 'hello' } }])
    t.strictSame(node.said('task.started'), starts)
  }
})

void t.test('the hello tells what runs and what waits; what waits is sent again after the welcome', async (t) => {
  const { node } = await agentWorld(t)
  node.welcomes(welcome())
  node.acknowledgesNothing()
  node.asks()['task.run'](assignment())
  node.asks()['task.run'](assignment({ ...ref('task-b'), task_type: 'sleep', payload: { duration: 50 } }))
  await until('the result is sent', () => node.finished.length === 1)
  node.vanishes()
  t.match(await node.hello(), { running: [ref('task-b')], finished: [ref()] })
})

void t.test('results outlive the worker: the next one tells and sends them', async (t) => {
  const { node, agent, start } = await agentWorld(t)
  node.welcomes(welcome())
  node.acknowledgesNothing()
  node.asks()['task.run'](assignment())
  await until('the result is sent', () => node.finished.length === 1)
  agent.kill()
  await start()
  t.strictSame((await node.hello()).finished, [ref()])
  node.welcomes(welcome())
  t.match(node.finished, [{ outcome: 'completed' }, { ...ref(), outcome: 'completed' }])
})

void t.test(
  'what the node abandons is ended, and told as ended: what runs, what has ended, what never ran here',
  async (t) => {
    const { node } = await agentWorld(t)
    node.welcomes(welcome())
    node.acknowledgesNothing()
    node.asks()['task.run'](assignment())
    node.asks()['task.run'](assignment({ ...ref('task-b'), task_type: 'sleep', payload: { duration: 50 } }))
    await until('the result is sent', () => node.finished.length === 1)
    node.vanishes()
    node.welcomes(welcome({ abandon: [ref(), ref('task-b'), ref('task-unknown')] }))
    const toldAfter = () => node.finished.slice(1).map(({ task_id, outcome }) => `${task_id} ${outcome}`)
    await until('all three are told', () => new Set(toldAfter()).size === 3)
    t.strictSame(toldAfter().sort(), ['task-a completed', 'task-b cancelled', 'task-unknown cancelled'], 'each once')
  },
)

void t.test(
  'heartbeats come at the interval of the node, soon after the welcome, and never without a node',
  async (t) => {
    const { node, clock } = await agentWorld(t)
    const beats = () => node.said('device.heartbeat').length
    await clock.advance(300_000)
    t.equal(beats(), 0)
    node.welcomes(welcome())
    await clock.advance(5000)
    await until('the first heartbeat', () => beats() === 1)
    await clock.advance(59_000)
    await settle()
    t.equal(beats(), 1)
    await clock.advance(1000)
    await until('the second heartbeat', () => beats() === 2)
    node.asks()['config.changed']({ ...settings, heartbeat_interval: 10 })
    await clock.advance(10_000)
    await until('a heartbeat of the new interval', () => beats() === 3)
    node.vanishes()
    await clock.advance(100_000)
    await settle()
    t.equal(beats(), 3)
  },
)

void t.test('without a node for three thresholds it ends what it runs, and hands it back later', async (t) => {
  const { node, clock } = await agentWorld(t)
  node.welcomes(welcome())
  node.asks()['task.run'](assignment({ task_type: 'sleep', payload: { duration: 80_000 }, timeout_seconds: 86_400 }))
  node.vanishes()
  await clock.advance(899_000)
  t.strictSame((await node.hello()).running, [ref()])
  await clock.advance(1000)
  let hello = await node.hello()
  await until('it waits in the outbox', () => {
    void node.hello().then((later) => (hello = later))
    return hello.finished.length === 1
  })
  node.welcomes(welcome())
  t.match(node.finished, [{ ...ref(), outcome: 'returned' }])
})

void t.test('a node that comes back in time finds the task still running', async (t) => {
  const { node, clock } = await agentWorld(t)
  node.welcomes(welcome())
  node.asks()['task.run'](assignment({ task_type: 'sleep', payload: { duration: 80_000 }, timeout_seconds: 86_400 }))
  node.vanishes()
  await clock.advance(899_000)
  node.welcomes(welcome())
  await clock.advance(899_000)
  t.strictSame((await node.hello()).running, [ref()])
})

void t.test('told to stop without a node, it has all ends on its disk, those of short tasks as well', async (t) => {
  const { node, agent, dataDir } = await agentWorld(t)
  node.welcomes(welcome())
  node.asks()['task.run'](assignment({ task_type: 'sleep', payload: { duration: 50 } }))
  node.vanishes()
  await agent.stop()
  t.strictSame(endsIn(dataDir), [attemptName(ref())])
})

void t.test('told to stop, it ends its tasks, hands them back, and says goodbye', async (t) => {
  const { node, agent } = await agentWorld(t)
  node.welcomes(welcome())
  node.asks()['task.run'](assignment({ task_type: 'sleep', payload: { duration: 50 } }))
  await agent.stop()
  t.match(node.finished, [{ ...ref(), outcome: 'returned' }])
  t.match(node.goodbye(), { reason: String })
  t.match(await agent.stopped, { exitCode: 0 })
})

void t.test('told to stop by a node that does not answer, it stops all the same', async (t) => {
  const { node, agent, clock } = await agentWorld(t)
  node.welcomes(welcome())
  node.acknowledgesNothing()
  node.asks()['task.run'](assignment({ task_type: 'sleep', payload: { duration: 50 } }))
  const stopping = agent.stop()
  await until('the task is handed back', () => node.finished.length === 1)
  await clock.advance(2000)
  await stopping
  t.match(await agent.stopped, { exitCode: 0 })
})

void t.test('told to stop before any node has answered, it stops', async (t) => {
  const { node, agent } = await agentWorld(t)
  await agent.stop()
  t.match(await agent.stopped, { exitCode: 0 })
  t.match(node.goodbye(), { reason: String })
})

void t.test('told to stop as it is let in, it keeps its id all the same', async (t) => {
  const { node, agent, dataDir } = await agentWorld(t)
  node.welcomes(welcome())
  await agent.stop()
  t.equal(keptIn(dataDir).device_id, 'device-1')
})

void t.test('a task that comes while it stops does not start', async (t) => {
  const { node, agent } = await agentWorld(t)
  node.welcomes(welcome())
  const stopping = agent.stop()
  node.asks()['task.run'](assignment())
  await stopping
  // Its goodbye takes back what it was given and has not started; a result of it on the way says the same.
  t.strictSame(node.said('task.started'), [])
  t.notOk(node.finished.some(({ outcome }) => outcome !== 'returned'))
  t.match(node.goodbye(), { reason: String })
})

void t.test('refused for good, it ends its tasks, and itself with code 1 and the reason', async (t) => {
  const { node, agent, log } = await agentWorld(t)
  node.welcomes(welcome())
  node.asks()['task.run'](assignment({ task_type: 'sleep', payload: { duration: 50 } }))
  node.refuses(new ClusterError('PERMISSION_DENIED', { reason: 'the device was removed' }))
  t.strictSame(await agent.stopped, { exitCode: 1, reason: 'the node has refused this device: the device was removed' })
  t.strictSame(node.finished, [], 'a node that refuses it is told nothing more')
  t.strictSame(log.lines, [])
})

void t.test('what is cancelled is confirmed when it has ended', async (t) => {
  const { node } = await agentWorld(t)
  node.welcomes(welcome())
  node.asks()['task.run'](assignment({ task_type: 'sleep', payload: { duration: 50 } }))
  node.asks()['task.cancel'](ref())
  await until('it is confirmed', () => node.finished.length === 1)
  t.match(node.finished, [{ ...ref(), outcome: 'cancelled', error: { code: 'TASK_CANCELLED' } }])
})
