import t from 'tap'
import { settle } from './fake-clock.ts'
import { createWorld, idle, submitEcho } from './world.ts'

void t.test(
  'a listing is the very same object until something of it has changed, and then only what changed is new',
  async (t) => {
    const world = await createWorld(t)
    const { devices } = world.node.cluster
    const first = await world.connect({ device_id: 'a' })
    await world.connect({ device_id: 'b' })
    let before = await devices.list({})
    t.equal(await devices.list({}), before, 'nothing has changed')
    t.not(await devices.list({ sort: 'cpu' }), before, 'another question has another answer')
    t.equal(await devices.list({}), before, 'and is no answer to this one')

    /** Does something to the first device, and finds it in the listing; the second stays the object that it was. */
    const changes = async (what: string, act: () => Promise<unknown>, found: object) => {
      await act()
      const after = await devices.list({})
      t.match(after.devices[0], found, what)
      t.not(after.devices[0], before.devices[0], what)
      t.equal(after.devices[1], before.devices[1], `${what}: the other one stays`)
      before = after
    }
    const beat = (more: object) => async () => {
      first.session.heartbeat({ ...idle, ...more })
      await settle()
    }
    await changes('a heartbeat', beat({ cpu_usage: 77 }), { resources: { cpu_usage: 77 } })
    await world.clock.advance(1000)
    await changes('the same once more, later', beat({ cpu_usage: 77 }), { last_seen: '2026-11-24T12:00:01.000Z' })
    await changes('a pause', beat({ paused: { reason: 'hours', message: 'Not now.' } }), {
      paused: { reason: 'hours' },
    })
    await changes('its end', beat({}), { paused: null })
    await changes('a task', () => submitEcho(world, { device_id: 'a' }), { tasks: { active: 1 }, slots: { free: 1 } })
    const finish = async () => {
      for (const run of [...first.runs]) await first.finish(run)
      await settle()
    }
    await changes('its end', finish, { tasks: { active: 0, completed: 1 } })
    await changes('a name', () => devices.update({ device_id: 'a', patch: { display_name: 'Anna’s' } }), {
      display_name: 'Anna’s',
    })
    await changes('a drop', () => first.drop().then(() => world.clock.advance(31_000)), { status: 'offline' })
    t.throws(
      () => Object.assign(before.devices[0] ?? {}, { id: 'z' }),
      TypeError,
      'nobody changes what others are given',
    )
  },
)
