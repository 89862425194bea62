import t from 'tap'
import {
  type Device,
  type DeviceList,
  type LogEntry,
  type LogList,
  logLevels,
  type TaskList,
} from '../../schemas/index.ts'
import { type BookedDevice, type BookedTask, countBy, playScene } from './scene.ts'

/** A filter: its spelling in the query string, and which things it lets through. */
type Filter<T> = { readonly query: string; readonly lets: (thing: T) => boolean }

/** Each filter alone, and each pair of two that are about different things. */
const aloneAndInPairs = <T>(dimensions: readonly (readonly Filter<T>[])[]): Filter<T>[] => {
  const both = (a: Filter<T>, b: Filter<T>): Filter<T> => ({
    query: `${a.query}&${b.query}`,
    lets: (thing) => a.lets(thing) && b.lets(thing),
  })
  const pairs = dimensions.flatMap((firsts, index) =>
    dimensions.slice(index + 1).flatMap((seconds) => firsts.flatMap((a) => seconds.map((b) => both(a, b)))),
  )
  return [...dimensions.flat(), ...pairs]
}

void t.test('every filter of the task listing, alone and in pairs, gives the set that the test computed', async (t) => {
  const { get, tasks, devices } = await playScene(t)
  const fieldOf =
    <K extends keyof BookedTask>(name: K) =>
    (value: BookedTask[K]): Filter<BookedTask> => ({
      query: `${name}=${String(value)}`,
      lets: (task) => task[name] === value,
    })
  const middle = tasks[11]?.created_ms ?? NaN
  const instants = [
    String(middle / 1000),
    new Date(middle).toISOString(),
    new Date(middle + 3_600_000).toISOString().replace('Z', '%2B01:00'),
  ]
  const filters = aloneAndInPairs<BookedTask>([
    ['device_id', ...devices.map(({ id }) => id), 'nobody'].slice(1).map(fieldOf('device_id')),
    (['echo', 'sleep'] as const).map(fieldOf('task_type')),
    (['low', 'normal', 'high', 'urgent'] as const).map(fieldOf('priority')),
    ['batch-0', 'batch-1', 'batch-9'].map(fieldOf('batch_id')),
    instants.map((instant) => ({ query: `since=${instant}`, lets: ({ created_ms }) => created_ms >= middle })),
    instants.map((instant) => ({ query: `until=${instant}`, lets: ({ created_ms }) => created_ms < middle })),
  ])
  t.ok(filters.length > 150)
  const statuses = ['all', 'pending', 'running', 'completed', 'failed', 'cancelled'] as const
  for (const { query, lets } of [{ query: 'limit=1000', lets: () => true }, ...filters]) {
    const matching = tasks.filter(lets).reverse()
    const zeros = { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 }
    const counts = { total: matching.length, ...zeros, ...countBy(matching, ({ status }) => status) }
    for (const status of statuses) {
      const { tasks: listed, next_cursor, ...counted } = await get<TaskList>(`/tasks?${query}&status=${status}`)
      const expected = matching.filter((task) => status === 'all' || task.status === status)
      t.strictSame(
        listed.map(({ task_id }) => task_id),
        expected.map(({ task_id }) => task_id),
        `${query}&status=${status}`,
      )
      t.strictSame(counted, counts, `${query}&status=${status}: the counts leave the status aside`)
      t.equal(next_cursor, null)
    }
  }
  const upsideDown = `since=${String(middle / 1000 + 1)}&until=${String(middle / 1000)}`
  t.match(await get(`/tasks?${upsideDown}`), { tasks: [], total: 0 }, 'a since after the until is an empty set')
})

void t.test(
  'every filter of the device listing, alone and in pairs, gives the set that the test computed',
  async (t) => {
    const { get, devices } = await playScene(t)
    const is =
      (name: 'role' | 'os', parameter: string) =>
      (value: string): Filter<BookedDevice> => ({
        query: `${parameter}=${value}`,
        lets: (device) => device[name] === value,
      })
    const filters = aloneAndInPairs<BookedDevice>([
      [...['compute', 'mobile', 'storage', 'nothing'].map(is('role', 'role')), { query: 'role=all', lets: () => true }],
      ['linux', 'android', 'darwin', 'win32', 'haiku'].map(is('os', 'platform')),
      [['lab'], ['fast'], ['kitchen'], ['old'], ['none'], ['lab', 'fast'], ['kitchen', 'lab']].map((tags) => ({
        query: tags.map((tag) => `tag=${tag}`).join('&'),
        lets: (device) => tags.every((tag) => device.tags.includes(tag)),
      })),
    ])
    for (const { query, lets } of [{ query: 'limit=1000', lets: () => true }, ...filters]) {
      const matching = devices.filter(lets)
      const counts = {
        total: matching.length,
        online: 0,
        offline: 0,
        pending_approval: 0,
        ...countBy(matching, ({ status }) => status),
      }
      for (const status of ['all', 'online', 'offline', 'pending_approval'] as const) {
        const { devices: listed, next_cursor, ...counted } = await get<DeviceList>(`/devices?${query}&status=${status}`)
        t.strictSame(
          listed.map(({ id }) => id),
          matching.filter((device) => status === 'all' || device.status === status).map(({ id }) => id),
          `${query}&status=${status}`,
        )
        t.strictSame(counted, counts, `${query}&status=${status}: the counts leave the status aside`)
        t.equal(next_cursor, null)
      }
    }
  },
)

void t.test('devices are sorted by name, usage or last sign of life, either way, also page by page', async (t) => {
  const { get, players, world } = await playScene(t)
  await world.clock.advance(1000)
  players.get('d3')?.session.heartbeat({ cpu_usage: 33, memory_used_gb: 3 } as never)
  const { devices } = await get<DeviceList>('/devices')
  const figure: Record<string, (device: Device) => number | string> = {
    name: ({ id }) => id,
    cpu: ({ resources }) => resources.cpu_usage ?? -1,
    memory: ({ resources: { memory_used_gb, memory_total_gb } }) =>
      memory_used_gb === null || memory_total_gb === null ? -1 : memory_used_gb / memory_total_gb,
    last_seen: ({ last_seen }) => last_seen ?? '',
  }
  const compare = (a: number | string, b: number | string) => (a < b ? -1 : a > b ? 1 : 0)
  for (const [sort, of] of Object.entries(figure)) {
    const rising = [...devices].sort((a, b) => compare(of(a), of(b)) || compare(a.id, b.id)).map(({ id }) => id)
    const usual = sort === 'last_seen' ? [...rising].reverse() : rising
    for (const [query, expected] of [
      [`sort=${sort}`, usual],
      [`sort=${sort}&order=asc`, rising],
      [`sort=${sort}&order=desc`, [...rising].reverse()],
    ] as const) {
      const page = await get<DeviceList>(`/devices?${query}`)
      t.strictSame(
        page.devices.map(({ id }) => id),
        expected,
        query,
      )
      const walked: string[] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const next: DeviceList = await get<DeviceList>(
          `/devices?${query}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
        )
        t.equal(next.total, 7)
        walked.push(...next.devices.map(({ id }) => id))
        cursor = next.next_cursor
      }
      t.strictSame(walked, expected, `${query}, two at a time`)
    }
  }
})

void t.test('every filter of the log, alone and in pairs, gives the set that the test computed', async (t) => {
  const { get, tasks, devices, world } = await playScene(t)
  await world.node.cluster.config.update({ patch: { cluster: { task_timeout: 60 } }, expected_tag: null })
  const { logs: all, total } = await get<LogList>('/logs?level=debug&limit=1000')
  t.equal(total, all.length)
  t.ok(total > 20)
  const middle = Date.parse(all[Math.floor(all.length / 2)]?.timestamp ?? '')
  const filters = aloneAndInPairs<LogEntry>([
    logLevels.map((level) => ({
      query: `level=${level}`,
      lets: (entry) => logLevels.indexOf(entry.level) >= logLevels.indexOf(level),
    })),
    [...devices.map(({ id }) => id), 'nobody'].map((id) => ({
      query: `device_id=${id}`,
      lets: ({ device_id }) => device_id === id,
    })),
    [tasks[0], tasks[10], tasks[22]].map((task) => ({
      query: `task_id=${task?.task_id ?? ''}`,
      lets: ({ task_id }) => task_id === task?.task_id,
    })),
    (['task_executor', 'scheduler', 'device_registry', 'link', 'config', 'store', 'api'] as const).map((component) => ({
      query: `component=${component}`,
      lets: (entry) => entry.component === component,
    })),
    [{ query: `since=${String(middle / 1000)}`, lets: ({ timestamp }) => Date.parse(timestamp) >= middle }],
    [{ query: `until=${new Date(middle).toISOString()}`, lets: ({ timestamp }) => Date.parse(timestamp) < middle }],
  ])
  for (const { query, lets } of filters) {
    const level = query.includes('level=') ? '' : '&level=debug'
    const page = await get<LogList>(`/logs?${query}${level}&limit=1000`)
    const expected = all.filter(lets)
    t.strictSame(page.logs, expected, query)
    t.equal(page.total, expected.length, query)
  }
  const unasked = await get<LogList>('/logs?limit=1000')
  t.strictSame(
    unasked.logs,
    all.filter(({ level }) => level !== 'debug'),
    'info and above, where no level is asked for',
  )
})
