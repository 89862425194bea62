/** The rule of the plain link (CONTRACT.md §8): it does not leave the machine, unless that is said outright. */
import type { NodeEndpoint } from '../link/client/keep-connected.ts'
import { isLoopback } from '../link/address.ts'
import { UsageError } from './failure.ts'

/** What a log says, as a warning, of a plain link off loopback. */
export const PLAIN_LINK =
  'the link is plain (--insecure-link): whoever is on its way can read what is said, tokens included, and change it'

/** True where a node would be spoken to in the clear over a network. */
export const isExposed = ({ host, fingerprint }: Pick<NodeEndpoint, 'host' | 'fingerprint'>): boolean =>
  fingerprint === undefined && !isLoopback(host)

/**
 * Refuses to dial a node in the clear over a network.
 * @throws UsageError
 */
export const refusePlainLink = (node: NodeEndpoint, flags: { readonly insecure_link: boolean }): void => {
  if (flags.insecure_link || !isExposed(node)) return
  throw new UsageError(
    `The token names no key, so that the link to ${node.host} would be plain; take the token as the node printed it (TOKEN.FINGERPRINT), or add --insecure-link if everyone on the way may read and change what is said.`,
  )
}
