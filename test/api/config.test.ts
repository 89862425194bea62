import t from 'tap'
import { type ClusterConfig, type ConfigUpdated, defaultConfig, type DeviceDetail } from '../../schemas/index.ts'
import { startWorld } from './start-world.ts'

const config = '/api/v1/config'

void t.test('the config is the same under both names, with one strong tag', async (t) => {
  const { api, get } = await startWorld(t)
  t.strictSame(await get<{ config: ClusterConfig }>('/config'), { config: defaultConfig })
  t.strictSame(await get('/cluster/config'), { config: defaultConfig })
  const tags = [await api.call('GET', config), await api.call('GET', '/api/v1/cluster/config')].map(
    ({ headers }) => headers.etag,
  )
  t.match(tags[0], /^"[^"]+"$/, 'strong: no W/')
  t.equal(tags[0], tags[1])
})

void t.test('an update merges, acts at once, and says what it changed', async (t) => {
  const { world, get, send } = await startWorld(t)
  const device = await world.connect({ device_id: 'd' })
  const patch = { cluster: { heartbeat_interval: 30, offline_threshold: 180 } }
  t.strictSame(await send<ConfigUpdated>('PUT', '/config', patch), {
    updated_fields: ['cluster.heartbeat_interval', 'cluster.offline_threshold'],
    restart_required: false,
  })
  t.strictSame(await get('/config'), {
    config: { ...defaultConfig, cluster: { ...defaultConfig.cluster, ...patch.cluster } },
  })
  t.strictSame(await send('PUT', '/config', patch), { updated_fields: [], restart_required: false }, 'the same again')
  t.strictSame(await send('PUT', '/config', {}), { updated_fields: [], restart_required: false }, 'nothing at all')
  t.match(await send('PUT', '/config', { server: { port: 9090 } }), {
    updated_fields: ['server.port'],
    restart_required: true,
  })
  const status = async () => (await get<{ device: DeviceDetail }>(`/devices/${device.id}`)).device.status
  await world.clock.advance(179_000)
  t.equal(await status(), 'online')
  await world.clock.advance(2000)
  t.equal(await status(), 'offline', 'the new threshold acts')
})

void t.test('what a flag fixes is refused, and changes nothing else of the same patch', async (t) => {
  const { get, refusal } = await startWorld(t, { cluster: { task_timeout: 60 } })
  const before = await get('/config')
  const { status, code, details } = await refusal('PUT', '/config', {
    logging: { level: 'debug' },
    cluster: { task_timeout: 120 },
  })
  t.equal(status, 409)
  t.equal(code, 'CONFIG_PINNED')
  t.strictSame(details, { field: 'cluster.task_timeout' })
  t.strictSame(await get('/config'), before)
})

void t.test('what is not possible is refused, with the place', async (t) => {
  const { get, refusal } = await startWorld(t)
  const bad: [patch: object, path: string][] = [
    [{ cluster: { offline_threshold: 119 } }, '/cluster/offline_threshold'],
    [{ cluster: { heartbeat_interval: 151 } }, '/cluster/offline_threshold'],
    [{ cluster: { heartbeat_interval: 0 } }, '/cluster/heartbeat_interval'],
    [{ cluster: { heartbeat_interval: 3601 } }, '/cluster/heartbeat_interval'],
    [{ cluster: { heartbeat_interval: '30' } }, '/cluster/heartbeat_interval'],
    [{ cluster: { hartbeat_interval: 30 } }, '/cluster/hartbeat_interval'],
    [{ health: { usage_warning: 99 } }, '/health/usage_critical'],
    [{ logging: { max_size: '10 MB' } }, '/logging/max_size'],
    [{ nonsense: {} }, '/nonsense'],
  ]
  for (const [patch, path] of bad) {
    const { status, code, details } = await refusal('PUT', '/config', patch)
    t.equal(status, 400, path)
    t.equal(code, 'VALIDATION_ERROR', path)
    t.equal(details?.issues?.[0]?.path, path)
  }
  t.strictSame(await get('/config'), { config: defaultConfig })
})

void t.test('If-Match lets a change through only where nobody was faster', async (t) => {
  const { api, get } = await startWorld(t)
  const put = (level: string, headers: Record<string, string>) =>
    api.send('PUT', config, { logging: { level } }, headers)
  const tag = String((await api.call('GET', config)).headers.etag)
  t.equal((await put('debug', { 'If-Match': tag })).status, 200)
  const late = await put('error', { 'If-Match': tag })
  t.equal(late.status, 412)
  t.equal(late.json().error?.code, 'PRECONDITION_FAILED')
  const level = async () => (await get<{ config: ClusterConfig }>('/config')).config.logging.level
  t.equal(await level(), 'debug', 'the late one changed nothing')
  t.equal((await put('warning', { 'If-Match': '*' })).status, 200, '* is whatever it is now')
  const now = String((await api.call('GET', config)).headers.etag)
  t.equal((await put('error', { 'If-Match': `${tag}, ${now}` })).status, 200, 'one of several is enough')
  t.equal((await put('info', { 'If-Match': `${tag}, ${now}` })).status, 412)
  const newest = String((await api.call('GET', config)).headers.etag)
  t.equal((await put('info', { 'If-Match': `W/${newest}` })).status, 412, 'a weak tag matches nothing')
  t.equal((await put('info', { 'If-Match': newest.replaceAll('"', '') })).status, 400, 'a tag has quotes')
  t.equal(await level(), 'error')
  t.equal((await put('info', {})).status, 200, 'without the header nothing is compared')
  t.equal((await put('debug', {})).status, 200)
  const shared = { 'If-Match': String((await api.call('GET', config)).headers.etag) }
  const [one, other] = await Promise.all([put('info', shared), put('warning', shared)])
  t.strictSame([one.status, other.status].sort(), [200, 412], 'of two at once one is refused')
})
