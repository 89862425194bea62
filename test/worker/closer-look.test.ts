import t from 'tap'
import { agentWorld } from './agent-world.ts'
import { welcome } from './played-node.ts'
import { assignment, fixture, until } from './world.ts'

void t.test('what is found out after it has joined is told then, and at every later hello and start', async (t) => {
  const { node, clock, agent, start } = await agentWorld(t, { machine: fixture('android-13') })
  t.match((await node.hello()).profile, { benchmark: null, sensors: [] })
  node.welcomes(welcome())
  await until('its sensors are told', () => node.said('device.profile').length === 1)
  await clock.advance(30_000)
  await until('its speed is told', () => node.said('device.profile').length === 2)
  const known = { benchmark: { operations_per_second: 1000, measured_at: String }, battery_health: { health: 'Good' } }
  t.match(node.said('device.profile').at(-1), { profile: { ...known, sensors: ['LSM6DSR Accelerometer', String] } })
  t.match((await node.hello()).profile, { ...known, sensors: ['LSM6DSR Accelerometer', String] })
  node.welcomes(welcome())
  await clock.advance(600_000)
  t.equal(node.said('device.profile').length, 2, 'once')
  await agent.stop()
  await start({ measure: () => Promise.reject(new Error('not again')) })
  t.match((await node.hello()).profile, { benchmark: known.benchmark })
})

void t.test('a task that comes ends the measurement that is under way', async (t) => {
  const measurements: AbortSignal[] = []
  const measure = (_file: string, signal: AbortSignal) =>
    new Promise<number>((_measured, reject) => {
      measurements.push(signal)
      signal.addEventListener('abort', () => reject(new Error('ended')))
    })
  const { node, clock } = await agentWorld(t, { measure, machine: fixture('pi-64') })
  node.welcomes(welcome())
  await clock.advance(30_000)
  await until('it is measured', () => measurements.length === 1)
  node.asks()['task.run'](assignment())
  t.equal(measurements[0]?.aborted, true)
})

void t.test('told to stop, the worker waits a second for a measurement that does not die', async (t) => {
  const measurements: AbortSignal[] = []
  const measure = (_file: string, signal: AbortSignal) => {
    measurements.push(signal)
    return new Promise<number>(() => undefined)
  }
  const { node, clock, agent } = await agentWorld(t, { measure, machine: fixture('pi-64') })
  node.welcomes(welcome())
  await clock.advance(30_000)
  // The battery is read before.
  await until('it is measured', () => measurements.length === 1)
  const stopping = agent.stop()
  await until('it is killed', () => measurements[0]?.aborted === true)
  await clock.advance(1000)
  await stopping
  t.match(await agent.stopped, { exitCode: 0 })
})
