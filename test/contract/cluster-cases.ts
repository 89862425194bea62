/** Cases of the operations on the cluster as a whole: its figures, its log, its events, its config. */
import type {
  ClusterHealth,
  ClusterMetrics,
  ClusterStatus,
  ConfigAnswer,
  ConfigUpdated,
  DeviceStatistics,
  LogList,
  ServerHealth,
  TaskStatistics,
  TaskSubmitted,
} from '../../schemas/index.ts'
import { openStream } from '../api/open-stream.ts'
import type { Cases } from './cases.ts'
import { notModified } from './not-modified.ts'
import { WORKER } from './scene.ts'
import type { Walk } from './walk.ts'

const periods = ['1h', '24h', '7d', '30d']

const readConfig = async (walk: Walk, id: string) => {
  const { config } = await walk.succeed<ConfigAnswer>(id, 200)
  walk.t.equal(config.cluster.heartbeat_interval, 60)
  await notModified(walk, id)
}

/** By operation. */
export const clusterCases: Cases = {
  getHealth: async ({ succeed, t }) => {
    t.match(await succeed<ServerHealth>('getHealth', 200), { status: 'healthy', cluster: { reachable: true } })
  },
  getPrometheusMetrics: async ({ send, t }) => {
    t.match((await send('getPrometheusMetrics', 200)).text, /^retire_cluster_devices\{status="online"\} 1$/m)
  },
  getClusterStatus: async ({ succeed, t }) => {
    t.match((await succeed<ClusterStatus>('getClusterStatus', 200)).cluster_stats, { total_devices: 2 })
  },
  getClusterHealth: async ({ succeed, t }) => {
    t.match((await succeed<ClusterHealth>('getClusterHealth', 200)).checks, { database: { status: 'healthy' } })
  },
  getClusterMetrics: async ({ succeed, t }) => {
    for (const period of periods)
      for (const type of ['all', 'cpu', 'memory', 'network', 'disk']) {
        const query = { period, type }
        const { metrics } = await succeed<ClusterMetrics>('getClusterMetrics', 200, { query })
        const sections = type === 'all' ? ['cpu', 'memory', 'network', 'disk', 'tasks'] : [type, 'tasks']
        t.same(Object.keys(metrics).sort(), sections.sort(), `${type} over ${period}`)
      }
  },
  getTaskStats: async ({ succeed, t }) => {
    for (const period of periods)
      for (const [group_by, filled] of Object.entries({
        device: 'by_device',
        task_type: 'by_task_type',
        hour: 'by_hour',
      })) {
        const { task_stats } = await succeed<TaskStatistics>('getTaskStats', 200, { query: { period, group_by } })
        t.ok(filled in task_stats, `${group_by} over ${period}`)
      }
  },
  getDeviceStats: async ({ succeed, t }) => {
    for (const period of periods) {
      const { device_stats } = await succeed<DeviceStatistics>('getDeviceStats', 200, { query: { period } })
      t.ok(WORKER in device_stats.utilization)
      t.match(device_stats.performance_ranking, [{ device_id: WORKER }])
    }
  },
  listLogs: async (walk, { failed }) => {
    const { logs, next_cursor } = await walk.succeed<LogList>('listLogs', 200, {
      query: { level: 'debug', limit: '1' },
    })
    walk.t.equal(logs.length, 1)
    const query = { level: 'debug', limit: '1', cursor: next_cursor ?? '' }
    await walk.succeed<LogList>('listLogs', 200, { query })
    await walk.refuse('listLogs', 'VALIDATION_ERROR', { query: { ...query, level: 'info' } })
    const ofTask = await walk.succeed<LogList>('listLogs', 200, { query: { task_id: failed, device_id: WORKER } })
    walk.t.ok(ofTask.total > 0 && ofTask.logs.every(({ task_id }) => task_id === failed))
  },
  streamEvents: async (walk) => {
    const { t, law, operation, succeed } = walk
    const port = Number(new URL(walk.url).port)
    const stream = await openStream(t, port, walk.pathOf('streamEvents', { query: {} }), walk.headers)
    const { status, headers } = stream
    t.same(law.faultsOf(operation('streamEvents'), { status, headers, text: '' }, { method: 'HEAD' }), [])
    const submission = { task_type: 'echo', payload: {}, device_id: WORKER }
    const { task_id } = await succeed<TaskSubmitted>('submitTask', 201, { body: submission })
    await succeed('updateConfig', 200, { body: { health: { usage_warning: 90 } } })
    const saw = (type: string) =>
      stream.messages.some(({ event }) => event.type === type && (!('task_id' in event) || event.task_id === task_id))
    const types = ['task_created', 'task_assigned', 'task_started', 'task_completed', 'config_updated']
    await stream.until('all that happens to the task', () => types.every(saw))
    for (const { event } of stream.messages)
      t.same(law.faultsOfMessage(operation('streamEvents'), event), [], event.type)
    walk.saw('streamEvents', 200)
    stream.vanish()
  },
  getConfig: (walk) => readConfig(walk, 'getConfig'),
  getClusterConfig: (walk) => readConfig(walk, 'getClusterConfig'),
  updateConfig: async ({ send, succeed, refuse, t }) => {
    const { etag = '' } = (await send('getConfig', 200)).headers
    const changing = { headers: { 'If-Match': etag } }
    const body = { cluster: { task_timeout: 1800 }, logging: { max_size: '5MB' } }
    t.same(await succeed<ConfigUpdated>('updateConfig', 200, { ...changing, body }), {
      updated_fields: ['cluster.task_timeout', 'logging.max_size'],
      restart_required: false,
    })
    await refuse('updateConfig', 'PRECONDITION_FAILED', { ...changing, body })
    const pinned = { body: { cluster: { heartbeat_interval: 30 } } }
    t.match(await refuse('updateConfig', 'CONFIG_PINNED', pinned), {
      details: { field: 'cluster.heartbeat_interval' },
    })
  },
}
