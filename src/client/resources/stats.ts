/** Statistics. */
import type { CallOptions, Connection } from '../connection.ts'
import type { DataOf, QueryOf } from '../operations.ts'

/** The statistics of tasks and devices. */
export interface StatsResource {
  tasks(query?: QueryOf<'getTaskStats'>, call?: CallOptions): Promise<DataOf<'getTaskStats'>['task_stats']>
  devices(query?: QueryOf<'getDeviceStats'>, call?: CallOptions): Promise<DataOf<'getDeviceStats'>['device_stats']>
}

/** The statistics, over a connection. */
export const statsResource = (connection: Connection): StatsResource => ({
  tasks: async (query = {}, call = {}) => (await connection.call('getTaskStats', { query, call })).task_stats,
  devices: async (query = {}, call = {}) => (await connection.call('getDeviceStats', { query, call })).device_stats,
})
