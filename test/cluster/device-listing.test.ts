import t from 'tap'
import type { DeviceListQuery } from '../../schemas/index.ts'
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

void t.test(
  'pages in the order of ids repeat none and skip none, though the device that the last one ended with is removed',
  async (t) => {
    const world = await createWorld(t)
    const { devices } = world.node.cluster
    const ids = ['B', 'a', 'a-1', 'a1', 'c', 'd', 'e']
    for (const [n, device_id] of ['d', 'a1', 'B', 'e', 'a', 'c', 'a-1'].entries())
      await world.connect({ device_id, tags: n % 2 === 0 ? ['even'] : [] })
    const even = ['B', 'a', 'a-1', 'd']
    const walk = async (query: DeviceListQuery, removed?: string) => {
      const seen: string[] = []
      let cursor: string | null | undefined
      while (cursor !== null) {
        const page = await devices.list({ ...query, ...(cursor === undefined ? {} : { cursor }) })
        seen.push(...page.devices.map(({ id }) => id))
        cursor = page.next_cursor
        if (removed !== undefined && seen.at(-1) === removed) await devices.remove({ device_id: removed, force: true })
      }
      return seen
    }
    for (const limit of [1, 2, 3, 100]) {
      t.strictSame(await walk({ limit }), ids, `by ${limit}`)
      t.strictSame(await walk({ limit, order: 'desc' }), ids.toReversed(), `by ${limit}, from the end`)
      t.strictSame(await walk({ limit, tag: ['even'] }), even, `by ${limit}, those with a tag`)
      t.strictSame(await walk({ limit, tag: ['even'], order: 'desc' }), even.toReversed())
      t.strictSame(await walk({ limit, status: 'offline' }), [], 'none is offline')
    }
    t.match(await devices.list({ tag: ['even'], limit: 1 }), { total: 4, online: 4, offline: 0 })
    t.match(await devices.list({ limit: 1 }), { total: 7, online: 7, offline: 0 })
    t.strictSame(await walk({ limit: 2 }, 'a'), ids)
    t.strictSame(await walk({ limit: 1, order: 'desc' }, 'd'), ['e', 'd', 'c', 'a1', 'a-1', 'B'])
    t.strictSame(await walk({}), ['B', 'a-1', 'a1', 'c', 'e'])
    t.match(await devices.list({ limit: 1 }), { total: 5, online: 5, offline: 0 })
  },
)
