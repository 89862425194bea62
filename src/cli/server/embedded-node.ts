/** The cluster node with its store and its link, wired together in this process. */
import { join } from 'node:path'
import { payloadProblems } from '../../link/payloads.ts'
import { FILES } from '../../store/file-names.ts'
import { openDiskFiles } from '../../store/files/disk-files.ts'
import type { Closing } from '../lifetime.ts'
import { version } from '../version.ts'
import { keptToken, makeToken } from './tokens.ts'
import { inviteWith } from './invite.ts'
import { linkCertificate, openLinkListener } from './link-listener.ts'
import { type EmbeddedNode, endBroken, type NodeStart, openNode, type OpenLink } from './node-start.ts'
import { openStore } from './open-store.ts'
import { systemClock } from './system-clock.ts'

/**
 * Starts a node: its directory, its store and the domain, and later its listener for devices, each closed again by
 * `closing`. A certificate that has to be made is begun at once: it takes a moment, in which there is other work.
 * @throws DataDirectoryError, DatabaseError, BackupError, StartError, ClusterError
 */
export const startNode = async (start: NodeStart, closing: Closing): Promise<EmbeddedNode> => {
  const { dataDir, database, restore, settings, log, servesApis, advertisedHost } = start
  if (database !== undefined) {
    // Loaded only here: most clusters need none of it.
    const { startMember } = await import('./member/member-node.ts')
    return startMember({ ...start, database }, closing)
  }
  // Opening the store takes the directory for this process; only then is anything else in it touched.
  const onBroken = endBroken(log)
  const { elsewhere } = start
  const store = await openStore({ dataDir, database, elsewhere, log, restore, onBroken }, closing.stopping)
  closing.add('store', () => store.close())
  const token = start.joinToken ?? (await keptToken(dataDir, 'join-token'))
  const localToken = start.hasLocalWorker ? makeToken() : null
  const opened = Promise.withResolvers<OpenLink>()
  const node = await openNode({
    store,
    files: await openDiskFiles(join(dataDir, FILES)),
    clock: systemClock,
    log,
    version,
    joining: { nodeToken: token, localToken, requireApproval: start.requireApproval },
    // Asked for over the API, which may be there a moment before the link is.
    invite: async (secret) => inviteWith(await opened.promise, secret),
    payloadProblems,
    config: { pinned: settings.pinned, file: settings.file },
    onBroken,
  })
  closing.add('node', () => node.stop())
  const clusterToken = servesApis ? await keptToken(dataDir, 'cluster-token') : undefined
  const door = clusterToken === undefined ? {} : { door: { cluster: node.cluster, token: clusterToken, version } }
  const { host, port } = node.config().server
  const certificate = linkCertificate(start.security, host)
  // A failure is told by openLink, which waits for it.
  certificate.catch(() => undefined)

  const openLink = async (): Promise<OpenLink> => {
    const { allowedHosts, advertised } = start
    const link = await openLinkListener(
      {
        host,
        port,
        gate: node.gate,
        fileGate: () => node.fileGate,
        maxConnections: () => node.config().server.max_connections,
        certificate: await certificate,
        ...door,
        allowedHosts,
        advertised,
        log,
      },
      closing,
    )
    const { fingerprint } = link
    const open = {
      joinToken: { token, fingerprint },
      bind: host,
      port: link.port,
      advertisedHost,
      clusterToken: clusterToken === undefined ? undefined : { token: clusterToken, fingerprint },
      nodes: () => [],
    }
    opened.resolve(open)
    return open
  }
  return { cluster: node.cluster, localToken, mode: () => 'embedded', count: undefined, members: undefined, openLink }
}
