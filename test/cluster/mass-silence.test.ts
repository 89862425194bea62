import t from 'tap'
import { isMassSilence, type Silence } from '../../src/cluster/mass-silence.ts'
import { createWorld, endOf, submitEcho, type FakeDevice, type World } from './world.ts'

const silent = (seconds: number, isOnline = false): Silence => ({ silentForMs: seconds * 1000, isOnline })
const present: Silence = { silentForMs: null, isOnline: true }
const gone: Silence = { silentForMs: null, isOnline: false }

void t.test('a mass is at least three, and 55 % of those that were there', (t) => {
  const within = (devices: Silence[]) => isMassSilence(devices, 300_000)
  t.notOk(within([]))
  t.notOk(within([silent(1), silent(1)]), 'two of two are no mass')
  t.ok(within([silent(1), silent(1), silent(1)]))
  t.ok(within([silent(1), silent(200), silent(300), present, present]), 'three of five are 60 %')
  t.notOk(within([silent(1), silent(1), silent(1), present, present, present]), 'three of six are 50 %')
  t.notOk(within([silent(1), silent(1), silent(301), present]), 'not within one threshold')
  t.ok(within([silent(1), silent(1), silent(1), gone, gone, gone]), 'who was gone before does not count')
  t.end()
})

const cluster = async (world: World, size: number): Promise<FakeDevice[]> => {
  const devices: FakeDevice[] = []
  for (let n = 0; n < size; n += 1) devices.push(await world.connect({ device_id: `d${n}` }))
  for (let n = 0; n < size; n += 1) await submitEcho(world, { device_id: `d${n}` })
  return devices
}

const back = (world: World, device: FakeDevice) => {
  const running = device.runs.map(({ task_id, epoch, attempt }) => ({ task_id, epoch, attempt }))
  return world.connect({ device_id: device.id, credential: device.credential, running })
}

void t.test('a router that restarts causes no second run', async (t) => {
  const world = await createWorld(t)
  const devices = await cluster(world, 5)
  for (const device of devices) await device.drop()
  await world.clock.advance(450_000)
  const health = await world.node.cluster.health()
  t.match(health, { overall_health: 'unhealthy', checks: { network: { mass_silence: true, silent_devices: 5 } } })
  t.equal((await world.node.cluster.status()).cluster_stats.online_devices, 0)
  const { tasks } = await world.node.cluster.tasks.list({})
  for (const task of tasks) t.match(task, { attempt: 1, pending_reason: { code: 'cluster_silent' } })
  for (const device of devices) {
    const again = await back(world, device)
    t.same(again.abandon, [])
    const [run] = device.runs
    if (run === undefined) throw new Error('the device got no task')
    await again.session.finished(endOf(run))
  }
  t.match(await world.node.cluster.tasks.list({}), { completed: 5, tasks: [{ attempt: 1 }] })
  t.match((await world.node.cluster.health()).checks.network, { mass_silence: false })
})

void t.test('two thresholds after they fell silent their tasks go to others', async (t) => {
  const world = await createWorld(t)
  const devices = await cluster(world, 3)
  for (const device of devices) await device.drop()
  await world.clock.advance(599_000)
  t.ok((await world.node.cluster.tasks.list({})).tasks.every(({ device_id }) => device_id !== null))
  await world.clock.advance(1001)
  t.ok((await world.node.cluster.tasks.list({})).tasks.every(({ device_id }) => device_id === null))
  t.match((await world.node.cluster.health()).checks.network, { mass_silence: false })
})

void t.test('goodbyes are no silence, and one death among many is one', async (t) => {
  const world = await createWorld(t)
  const [first, second, third, fourth] = await cluster(world, 4)
  first?.session.goodbye()
  second?.session.goodbye()
  await third?.drop()
  await world.clock.advance(31_000)
  const task = (await world.node.cluster.tasks.list({})).tasks.find((one) => one.requested_device_id === 'd2')
  t.equal(task?.device_id, null, 'it is lost at once')
  t.equal(fourth?.runs.length, 1)
})

void t.test('what a silent cluster held is held over a restart of the node', async (t) => {
  const world = await createWorld(t)
  const devices = await cluster(world, 3)
  for (const device of devices) await device.drop()
  await world.clock.advance(40_000)
  await world.restart()
  await world.clock.advance(300_000)
  const { tasks } = await world.node.cluster.tasks.list({})
  t.ok(tasks.every(({ attempt, device_id }) => attempt === 1 && device_id !== null))
  const [device] = devices
  if (device === undefined) throw new Error('there is no device')
  t.same((await back(world, device)).abandon, [])
})
