/** The cluster as a whole. */
import type { CallOptions, Connection } from '../connection.ts'
import type { DataOf, QueryOf } from '../operations.ts'

/** The operations on the cluster. */
export interface ClusterResource {
  status(call?: CallOptions): Promise<DataOf<'getClusterStatus'>>
  health(call?: CallOptions): Promise<DataOf<'getClusterHealth'>>
  metrics(query?: QueryOf<'getClusterMetrics'>, call?: CallOptions): Promise<DataOf<'getClusterMetrics'>>
}

/** The operations on the cluster, over a connection. */
export const clusterResource = (connection: Connection): ClusterResource => ({
  status: (call = {}) => connection.call('getClusterStatus', { call }),
  health: (call = {}) => connection.call('getClusterHealth', { call }),
  metrics: (query = {}, call = {}) => connection.call('getClusterMetrics', { query, call }),
})
