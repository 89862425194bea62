/** The listener for devices of a node, as its flags say. */
import type { Logger } from 'pino'
import type { ClusterNode } from '../../../schemas/cluster-node.ts'
import { isLoopback } from '../../link/address.ts'
import { advertise } from '../../link/server/advertise.ts'
import { startLinkServer, type LinkServerOptions } from '../../link/server/server.ts'
import type { Closing } from '../lifetime.ts'
import { workerBundle } from '../package-files.ts'
import { PLAIN_LINK } from '../plain-link.ts'
import type { Certificate } from './certificate/given.ts'
import { hostNames } from './host-names.ts'
import { listening } from './listen-failure.ts'

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
export const linkCertificate = async (
  { given, own, insecure }: LinkSecurity,
  bind: string,
): Promise<Certificate | undefined> => {
  if (insecure) return undefined
  return given ?? (isLoopback(bind) ? undefined : own())
}

/** What is served, and where. */
export type LinkListenerOptions = Pick<
  LinkServerOptions,
  'host' | 'port' | 'gate' | 'fileGate' | 'maxConnections' | 'certificate' | 'door'
> & {
  /** Names by which it may be called, beside those of this machine. */
  readonly allowedHosts: readonly string[]
  /** False with `--no-advertise`. */
  readonly advertised: boolean
  /** The nodes of the cluster; absent: this is the only one. */
  readonly nodes?: () => readonly ClusterNode[]
  readonly log: Logger
}

/**
 * Listens, until `closing`, and tells the network of it.
 * @throws StartError
 */
export const openLinkListener = async (
  { allowedHosts, advertised, nodes = () => [], ...options }: LinkListenerOptions,
  closing: Closing,
): Promise<{ readonly port: number; readonly fingerprint: string | undefined }> => {
  const { host, port, log } = options
  const pages = { workerBundle, hostNames: hostNames(allowedHosts, host), nodes }
  const link = await listening(
    { host, port, flags: ['--cluster-port', '--cluster-bind'] },
    startLinkServer({ ...options, pages }),
  )
  closing.add('link', () => link.close())
  const { fingerprint } = link
  log.info({ host, port: link.port, tls: fingerprint !== undefined }, 'link opened')
  if (fingerprint === undefined && !isLoopback(host)) log.warn({ host, port: link.port }, PLAIN_LINK)
  if (advertised && !isLoopback(host)) {
    const advertisement = advertise({ node: { port: link.port, fingerprint }, bind: host, log })
    closing.add('advertisement', () => advertisement.close())
  }
  return { port: link.port, fingerprint }
}
