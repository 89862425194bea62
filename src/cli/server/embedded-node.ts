/** The cluster node with its store and its link, wired together in this process. */
import { createNode, type Node, type NodeOptions } from '../../cluster/node.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { startLinkServer } from '../../link/server/server.ts'
import type { Restoration } from '../../store/restore.ts'
import { openSqliteStore } from '../../store/sqlite-store.ts'
import type { Logger } from 'pino'
import { UsageError } from '../failure.ts'
import type { Closing } from '../lifetime.ts'
import type { NodeSettings } from '../options/settings.ts'
import { workerBundle } from '../package-files.ts'
import { version } from '../version.ts'
import { keptToken } from './tokens.ts'
import { hostNames } from './host-names.ts'
import { listening } from './listen-failure.ts'
import { systemClock } from './system-clock.ts'

/** A node that serves devices. */
export type EmbeddedNode = {
  readonly cluster: Cluster
  /** The token with which devices join. */
  readonly joinToken: string
  /** Where it listens for devices: the address as configured, and the port as opened. */
  readonly bind: string
  readonly port: number
  /** The token with which API servers elsewhere speak for it; undefined where none may. */
  readonly clusterToken: string | undefined
}

/** Flags and file were sound by themselves; together with what `PUT /config` stored they may not be. */
const openNode = async (options: NodeOptions): Promise<Node> => {
  try {
    return await createNode(options)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new UsageError(`The config of this cluster is not possible: ${error.message}.`, { cause: error })
  }
}

/**
 * Starts a node: its directory, its store, the domain, and the listener for devices, each closed again by `closing`.
 * @throws DataDirectoryError, BackupError, StartError, ClusterError
 */
export const startNode = async (
  {
    dataDir,
    restore,
    joinToken,
    allowedHosts,
    settings,
    log,
    servesApis,
  }: {
    readonly dataDir: string
    /** A backup to start from. */
    readonly restore: Restoration | undefined
    readonly joinToken: string | undefined
    /** Names by which it may be called, beside those of this machine. */
    readonly allowedHosts: readonly string[]
    readonly settings: NodeSettings
    readonly log: Logger
    /** True where API servers elsewhere may speak for this node. */
    readonly servesApis: boolean
  },
  closing: Closing,
): Promise<EmbeddedNode> => {
  // Opening the store takes the directory for this process; only then is anything else in it touched.
  const store = await openSqliteStore({ dataDir, log, restore })
  closing.add('store', () => store.close())
  const token = joinToken ?? (await keptToken(dataDir, 'join-token'))
  const node = await openNode({
    store,
    clock: systemClock,
    log,
    version,
    joinToken: token,
    config: { pinned: settings.pinned, file: settings.file },
    onBroken: (error) => {
      log.error({ err: error }, 'the store cannot be trusted any more; ending at once')
      process.exit(1)
    },
  })
  closing.add('node', () => node.stop())
  const clusterToken = servesApis ? await keptToken(dataDir, 'cluster-token') : undefined
  const door = clusterToken === undefined ? {} : { door: { cluster: node.cluster, token: clusterToken, version } }
  const { host, port } = node.config().server
  const link = await listening(
    { host, port, flags: ['--cluster-port', '--cluster-bind'] },
    startLinkServer({
      host,
      port,
      gate: node.gate,
      maxConnections: () => node.config().server.max_connections,
      pages: { workerBundle, hostNames: hostNames(allowedHosts, host) },
      ...door,
      log,
    }),
  )
  closing.add('link', () => link.close())
  log.info({ host, port: link.port }, 'link opened')
  return { cluster: node.cluster, joinToken: token, bind: host, port: link.port, clusterToken }
}
