/** The cluster node with its store and its link, wired together in this process. */
import { join } from 'node:path'
import type { ClusterNode } from '../../../schemas/cluster-node.ts'
import { createNode, type Node, type NodeOptions } from '../../cluster/node.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { NodeDirectory } from '../../cluster/ports/node-directory.ts'
import { advertise } from '../../link/server/advertise.ts'
import { startLinkServer } from '../../link/server/server.ts'
import { isLoopback } from '../../link/address.ts'
import { payloadProblems } from '../../link/payloads.ts'
import type { PrintedToken } from '../../link/token.ts'
import { FILES } from '../../store/file-names.ts'
import { openDiskFiles } from '../../store/files/disk-files.ts'
import type { Restoration } from '../../store/restore.ts'
import type { Logger } from 'pino'
import { UsageError } from '../failure.ts'
import type { Closing } from '../lifetime.ts'
import type { NodeSettings } from '../options/settings.ts'
import { workerBundle } from '../package-files.ts'
import { PLAIN_LINK } from '../plain-link.ts'
import { version } from '../version.ts'
import type { Certificate } from './certificate/given.ts'
import { keptToken } from './tokens.ts'
import { hostNames } from './host-names.ts'
import { inviteWith } from './invite.ts'
import { listening } from './listen-failure.ts'
import { openStore } from './open-store.ts'
import { systemClock } from './system-clock.ts'

/** A node that runs, and does not yet listen. */
export type EmbeddedNode = {
  readonly cluster: Cluster
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
  /** The token with which API servers elsewhere speak for it, as it is printed; undefined where none may. */
  readonly clusterToken: PrintedToken | undefined
  /** The nodes of the cluster; none where this is the only one. */
  readonly nodes: () => readonly ClusterNode[]
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

/** What the link is secured by (CONTRACT.md §8). */
export type LinkSecurity = {
  /** The certificate of `--tls-cert`. */
  readonly given: Certificate | undefined
  /** That of the data directory, where it is needed. */
  readonly own: () => Promise<Certificate>
  /** `--insecure-link`. */
  readonly insecure: boolean
}

/** The certificate of the link: the one given, off loopback else the directory's own; none where the link is plain. */
const linkCertificate = async (
  { given, own, insecure }: LinkSecurity,
  bind: string,
): Promise<Certificate | undefined> => {
  if (insecure) return undefined
  return given ?? (isLoopback(bind) ? undefined : own())
}

/**
 * Starts a node: its directory, its store and the domain, and later its listener for devices, each closed again by
 * `closing`. A certificate that has to be made is begun at once: it takes a moment, in which there is other work.
 * @throws DataDirectoryError, DatabaseError, BackupError, StartError, ClusterError
 */
export const startNode = async (
  {
    dataDir,
    database,
    elsewhere,
    restore,
    joinToken,
    localToken,
    requireApproval,
    allowedHosts,
    advertised,
    settings,
    security,
    log,
    servesApis,
    directory,
  }: {
    readonly dataDir: string
    /** `--database`; undefined: the state is in the directory too. */
    readonly database: string | undefined
    /** What to do where the directory's state is in a database, and none is named. */
    readonly elsewhere: 'refuse' | 'leave'
    /** A backup to start from. */
    readonly restore: Restoration | undefined
    /** `--join-token`; undefined: the one that the directory keeps. */
    readonly joinToken: string | undefined
    /** With what the worker joins that this process starts; null where it starts none. */
    readonly localToken: string | null
    /** `--require-approval`. */
    readonly requireApproval: boolean
    /** Names by which it may be called, beside those of this machine. */
    readonly allowedHosts: readonly string[]
    /** False with `--no-advertise`. */
    readonly advertised: boolean
    readonly settings: NodeSettings
    readonly security: LinkSecurity
    readonly log: Logger
    /** True where API servers elsewhere may speak for this node. */
    readonly servesApis: boolean
    /** The nodes of the cluster; absent: this is the only one. */
    readonly directory?: NodeDirectory
  },
  closing: Closing,
): Promise<EmbeddedNode> => {
  const onBroken = (error: Error) => {
    log.error({ err: error }, 'the store cannot be trusted any more; ending at once')
    process.exit(1)
  }
  // Opening the store takes the directory for this process; only then is anything else in it touched.
  const store = await openStore({ dataDir, database, elsewhere, log, restore, onBroken }, closing.stopping)
  closing.add('store', () => store.close())
  const token = joinToken ?? (await keptToken(dataDir, 'join-token'))
  const opened = Promise.withResolvers<OpenLink>()
  const node = await openNode({
    store,
    files: await openDiskFiles(join(dataDir, FILES)),
    clock: systemClock,
    log,
    version,
    joining: { nodeToken: token, localToken, requireApproval },
    // Asked for over the API, which may be there a moment before the link is.
    invite: async (secret) => inviteWith(await opened.promise, secret),
    directory,
    payloadProblems,
    config: { pinned: settings.pinned, file: settings.file },
    onBroken,
  })
  closing.add('node', () => node.stop())
  const clusterToken = servesApis ? await keptToken(dataDir, 'cluster-token') : undefined
  const door = clusterToken === undefined ? {} : { door: { cluster: node.cluster, token: clusterToken, version } }
  const { host, port } = node.config().server
  const certificate = linkCertificate(security, host)
  // A failure is told by openLink, which waits for it.
  certificate.catch(() => undefined)

  const nodes = () => directory?.nodes() ?? []

  const openLink = async (): Promise<OpenLink> => {
    const options = {
      host,
      port,
      gate: node.gate,
      fileGate: () => node.fileGate,
      maxConnections: () => node.config().server.max_connections,
      pages: { workerBundle, hostNames: hostNames(allowedHosts, host), nodes },
      certificate: await certificate,
      ...door,
      log,
    }
    const link = await listening({ host, port, flags: ['--cluster-port', '--cluster-bind'] }, startLinkServer(options))
    closing.add('link', () => link.close())
    const { fingerprint } = link
    log.info({ host, port: link.port, tls: fingerprint !== undefined }, 'link opened')
    if (fingerprint === undefined && !isLoopback(host)) log.warn({ host, port: link.port }, PLAIN_LINK)
    if (advertised && !isLoopback(host)) {
      const advertisement = advertise({ node: { port: link.port, fingerprint }, bind: host, log })
      closing.add('advertisement', () => advertisement.close())
    }
    const open = {
      joinToken: { token, fingerprint },
      bind: host,
      port: link.port,
      clusterToken: clusterToken === undefined ? undefined : { token: clusterToken, fingerprint },
      nodes,
    }
    opened.resolve(open)
    return open
  }
  return { cluster: node.cluster, openLink }
}
