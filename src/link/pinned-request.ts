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
 * The fingerprint of the key that was shown on a connection. It is read when the handshake is over, and kept: after an answer the
 * certificate is not told any more (seen with TLS 1.3, Node 24.21 and OpenSSL 3.5.8).
 */
const shownOn = new WeakMap<TLSSocket, string>()

const readShown = (socket: TLSSocket): string => {
  const certificate = socket.getPeerX509Certificate()
  const shown = certificate === undefined ? 'none' : fingerprintOf(certificate)
  shownOn.set(socket, shown)
  return shown
}

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
    const judge = (shown: string) => {
      if (shown === fingerprint) finish()
      else request.destroy(refusal(shown))
    }
    if (request.reusedSocket) judge(shownOn.get(socket) ?? 'none')
    else socket.once('secureConnect', () => judge(readShown(socket)))
  })
}
