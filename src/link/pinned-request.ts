/** HTTPS requests to who is known by the key of the certificate alone. */
import type { ClientRequest } from 'node:http'
import { type SecureContextOptions, TLSSocket } from 'node:tls'
import { fingerprintOf } from './fingerprint.ts'

/** What answers has another key than was meant. Nothing was said to it. */
export class WrongKey extends Error {
  override readonly name = 'WrongKey'
}

/** The options of such a request. */
export const pinnedOptions = {
  minVersion: 'TLSv1.2',
  // Whoever signed the certificate, and whatever name and dates stand in it: its key is looked at instead.
  rejectUnauthorized: false,
} as const satisfies SecureContextOptions & { rejectUnauthorized: boolean }

/**
 * Lets a request go, its head included, only when the other end has shown the right key.
 * @param request - nothing of it was written yet; its connection may be one that an earlier such request has left open
 * @param finish - ends the request, which sends it
 * @param refusal - the error that it fails with otherwise; it is given the fingerprint of the key that was shown
 */
export const finishPinned = (
  request: ClientRequest,
  fingerprint: string,
  finish: () => void,
  refusal: (shown: string) => WrongKey,
): void => {
  request.once('socket', (socket) => {
    if (!(socket instanceof TLSSocket)) throw new TypeError('a key is shown under TLS only')
    const look = () => {
      const certificate = socket.getPeerX509Certificate()
      const shown = certificate === undefined ? 'none' : fingerprintOf(certificate)
      if (shown === fingerprint) finish()
      else request.destroy(refusal(shown))
    }
    if (request.reusedSocket) look()
    else socket.once('secureConnect', look)
  })
}
