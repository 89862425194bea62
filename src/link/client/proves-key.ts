/** Asks who listens at an address for the key of a node, and tells it nothing. */
import { connect } from 'node:tls'
import { fingerprintOf } from '../fingerprint.ts'
import { pinnedOptions } from '../pinned-request.ts'

/** The node that is looked for, and where. */
export type Claim = { readonly host: string; readonly port: number; readonly fingerprint: string }

/**
 * True where what listens there proves in a TLS handshake that it has the key of this fingerprint: a certificate alone, which
 * anybody can copy, is no proof. Nothing is said after the handshake.
 */
export const provesKey = (
  { host, port, fingerprint }: Claim,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ ...pinnedOptions, host, port })
    const end = (isNode: boolean) => {
      clearTimeout(late)
      signal.removeEventListener('abort', giveUp)
      socket.destroy()
      resolve(isNode)
    }
    const giveUp = () => end(false)
    const late = setTimeout(giveUp, timeoutMs)
    signal.addEventListener('abort', giveUp)
    socket.on('error', giveUp)
    socket.once('close', giveUp)
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate()
      end(certificate !== undefined && fingerprintOf(certificate) === fingerprint)
    })
    if (signal.aborted) giveUp()
  })
