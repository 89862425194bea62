/** A node among others on one database: it serves its devices and callers, whoever of them schedules (docs/adr/0019-several-nodes.md). */
import { effectiveConfig } from '../../../cluster/settings.ts'
import { connectCluster } from '../../../link/cluster/remote.ts'
import { createSeat } from '../../../link/cluster/seat.ts'
import { payloadProblems } from '../../../link/payloads.ts'
import type { Closing } from '../../lifetime.ts'
import { version } from '../../version.ts'
import { type EmbeddedNode, endBroken, type NodeStart, openNode, type OpenLink } from '../node-start.ts'
import { inviteWith } from '../invite.ts'
import { reachableHost } from '../lan-address.ts'
import { linkCertificate, openLinkListener } from '../link-listener.ts'
import { systemClock } from '../system-clock.ts'
import { keptToken, makeToken, replaceToken } from '../tokens.ts'
import { sharedCount } from './shared-count.ts'
import { createSuccession } from './succession.ts'

/**
 * Starts a node, and later its listener for devices, each closed again by `closing`. It is one of those that schedule, or can, once
 * it listens.
 * @throws DataDirectoryError, DatabaseError, StartError
 */
export const startMember = async (
  start: NodeStart & { readonly database: string },
  closing: Closing,
): Promise<EmbeddedNode> => {
  const { dataDir, database, settings, log, advertisedHost } = start
  const { openMembership } = await import('../../../store/postgres/membership.ts')
  const membership = await openMembership({ url: database, dataDir, log })
  closing.add('membership', () => membership.leave())

  /** A token of the cluster; the directory keeps what it is, for who looks there. */
  const shared = async (name: 'join-token' | 'cluster-token'): Promise<string> => {
    const kept = await keptToken(dataDir, name)
    const token = await membership.secret(name, kept)
    if (token !== kept) await replaceToken(dataDir, name, token)
    return token
  }
  const { joinToken: given } = start
  // One that is given at the first start is that of the others too, and is in no file.
  if (given !== undefined) await membership.secret('join-token', given)
  const joinToken = given ?? (await shared('join-token'))
  const clusterToken = await shared('cluster-token')
  // The worker of one node joins the cluster by whichever schedules.
  const localToken = await membership.secret('local-token', makeToken())

  const opened = Promise.withResolvers<OpenLink>()
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)
  const onBroken = endBroken(log)
  let isOpen = false
  const seat = createSeat()
  const succession = createSuccession({
    membership,
    seat,
    log,
    open: (store, files) =>
      openNode({
        store,
        files,
        clock: systemClock,
        log,
        version,
        joining: { nodeToken: joinToken, localToken, requireApproval: start.requireApproval },
        invite: async (secret) => inviteWith(await opened.promise, secret),
        payloadProblems,
        config: { pinned: settings.pinned, file: settings.file },
        directory: succession.directory,
        onBroken,
      }),
    connect: ({ host, port, fingerprint }) =>
      connectCluster({
        host,
        port,
        token: { token: clusterToken, fingerprint: fingerprint ?? undefined },
        version,
        member: membership.id,
        log,
      }),
    onBroken,
    onFailure: (error) => {
      if (!isOpen) failed.reject(error)
      else onBroken(error as Error)
    },
  })
  closing.add('node', () => succession.close())

  const config = effectiveConfig({ pinned: settings.pinned, file: settings.file }, membership.storedConfig)
  const { host: bind, port } = config.server
  const certificate = linkCertificate(start.security, bind)
  // A failure is told by openLink, which waits for it.
  certificate.catch(() => undefined)

  const openLink = async (): Promise<OpenLink> => {
    const { allowedHosts, advertised } = start
    const link = await openLinkListener(
      {
        host: bind,
        port,
        gate: seat.gate,
        fileGate: () => seat.occupant()?.files ?? 'away',
        maxConnections: () => (succession.node()?.config() ?? config).server.max_connections,
        certificate: await certificate,
        door: { cluster: seat.cluster, token: clusterToken, version, scheduling: succession.scheduling },
        allowedHosts,
        advertised,
        nodes: succession.directory.nodes,
        log,
      },
      closing,
    )
    const { fingerprint } = link
    const open = {
      joinToken: { token: joinToken, fingerprint },
      bind,
      port: link.port,
      advertisedHost,
      nodes: succession.directory.nodes,
      clusterToken: { token: clusterToken, fingerprint },
    }
    opened.resolve(open)
    const host = await reachableHost(bind, advertisedHost)
    membership.enter({ host, port: link.port, fingerprint: fingerprint ?? null, version }, succession.see)
    await Promise.race([seat.occupied(), failed.promise, aborted(closing.stopping)])
    isOpen = true
    return open
  }
  return {
    cluster: seat.cluster,
    localToken: start.hasLocalWorker ? localToken : null,
    mode: () => (succession.node() === undefined ? 'remote' : 'embedded'),
    count: sharedCount(seat),
    members: succession.members,
    openLink,
  }
}

/** Rejects when it is told to stop. */
const aborted = (stopping: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const stop = () => reject(stopping.reason as Error)
    if (stopping.aborted) stop()
    else stopping.addEventListener('abort', stop)
  })
