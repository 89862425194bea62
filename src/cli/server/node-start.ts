/** What a node is started from, and what it is then, wherever its state is. */
import type { Logger } from 'pino'
import type { ClusterNode, ServerHealth } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { createNode, type Node, type NodeOptions } from '../../cluster/node.ts'
import type { Count } from '../../cluster/ports/counting.ts'
import type { Members } from '../../cluster/ports/members.ts'
import type { PrintedToken } from '../../link/token.ts'
import type { Restoration } from '../../store/restore.ts'
import { UsageError } from '../failure.ts'
import type { NodeSettings } from '../options/settings.ts'
import type { LinkSecurity } from './link-listener.ts'

/** What a node is started from. */
export type NodeStart = {
  readonly dataDir: string
  /** `--database`; undefined: the state is in the directory too. */
  readonly database: string | undefined
  /** What to do where the directory's state is in a database, and none is named. */
  readonly elsewhere: 'refuse' | 'leave'
  /** A backup to start from. */
  readonly restore: Restoration | undefined
  /** `--join-token`; undefined: the one that the directory keeps. */
  readonly joinToken: string | undefined
  /** True where this process starts a worker, which joins by a token of its own. */
  readonly hasLocalWorker: boolean
  /** `--require-approval`. */
  readonly requireApproval: boolean
  /** Names by which it may be called, beside those of this machine. */
  readonly allowedHosts: readonly string[]
  /** False with `--no-advertise`. */
  readonly advertised: boolean
  /** `--advertise-address`; undefined: its address in its network. */
  readonly advertisedHost: string | undefined
  readonly settings: NodeSettings
  readonly security: LinkSecurity
  readonly log: Logger
  /** True where API servers elsewhere may speak for this node. */
  readonly servesApis: boolean
}

/** What an API server serves. */
export type Served = {
  readonly cluster: Cluster
  /** Where the node that schedules is. */
  readonly mode: () => ServerHealth['cluster']['mode']
  /** Where requests are counted against their budgets; undefined: where they are asked. */
  readonly count: Count | undefined
  /** The nodes of its database; undefined where its state is in the directory. */
  readonly members: Members | undefined
}

/** A node that runs, and does not yet listen. */
export type EmbeddedNode = Served & {
  /** With what the worker joins that this process starts; null where it starts none. */
  readonly localToken: string | null
  /** Opens the listener for devices. @throws StartError */
  openLink(): Promise<OpenLink>
}

/** How a node is reached. */
export type OpenLink = {
  /** The token with which devices join, as it is printed. */
  readonly joinToken: PrintedToken
  /** Where it listens for devices: the address as configured, and the port as opened. */
  readonly bind: string
  readonly port: number
  /** `--advertise-address`. */
  readonly advertisedHost: string | undefined
  /** The token with which API servers elsewhere speak for it, as it is printed; undefined where none may. */
  readonly clusterToken: PrintedToken | undefined
  /** The nodes of the cluster; none where this is the only one. */
  readonly nodes: () => readonly ClusterNode[]
}

/** Starts the domain. Flags and file were sound by themselves; together with what `PUT /config` stored they may not be. */
export const openNode = async (options: NodeOptions): Promise<Node> => {
  try {
    return await createNode(options)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new UsageError(`The config of this cluster is not possible: ${error.message}.`, { cause: error })
  }
}

/** What ends the process where its store cannot be trusted any more. */
export const endBroken =
  (log: Logger) =>
  (error: Error): void => {
    log.error({ err: error }, 'the store cannot be trusted any more; ending at once')
    process.exit(1)
  }
