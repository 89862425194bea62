/** The client: an address, a key, and the operations by what they are about. */
import { type ClientOptions, connect } from './connection.ts'
import { type ArtifactsResource, artifactsResource } from './resources/artifacts.ts'
import { type AuditResource, auditResource } from './resources/audit.ts'
import { type ClusterResource, clusterResource } from './resources/cluster.ts'
import { type ConfigResource, configResource } from './resources/config.ts'
import { type DevicesResource, devicesResource } from './resources/devices.ts'
import { type JoinTokensResource, joinTokensResource } from './resources/join-tokens.ts'
import { type KeysResource, keysResource } from './resources/keys.ts'
import { type LogsResource, logsResource } from './resources/logs.ts'
import { type MonitorResource, monitorResource } from './resources/monitor.ts'
import { type StatsResource, statsResource } from './resources/stats.ts'
import { type TasksResource, tasksResource } from './resources/tasks.ts'

/**
 * A Retire-Cluster.
 * @example
 * ```ts
 * const client = new ClusterClient('http://localhost:8081', { apiKey: 'your-key' })
 * const task = await client.tasks.submit('echo', { message: 'Hello' })
 * console.log((await task.wait()).result?.output)
 * ```
 */
export class ClusterClient {
  readonly artifacts: ArtifactsResource
  readonly audit: AuditResource
  readonly cluster: ClusterResource
  readonly config: ConfigResource
  readonly devices: DevicesResource
  readonly joinTokens: JoinTokensResource
  readonly keys: KeysResource
  readonly logs: LogsResource
  readonly monitor: MonitorResource
  readonly stats: StatsResource
  readonly tasks: TasksResource

  /** @param url - the base of the API, without `/api/v1`. When absent: `http://localhost:8081` */
  constructor(url = 'http://localhost:8081', options: ClientOptions = {}) {
    const connection = connect(url, options)
    this.artifacts = artifactsResource(connection)
    this.audit = auditResource(connection)
    this.cluster = clusterResource(connection)
    this.config = configResource(connection)
    this.devices = devicesResource(connection)
    this.joinTokens = joinTokensResource(connection)
    this.keys = keysResource(connection)
    this.logs = logsResource(connection)
    this.monitor = monitorResource(connection)
    this.stats = statsResource(connection)
    this.tasks = tasksResource(connection)
  }
}
