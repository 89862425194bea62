/** Connections that are known to lead where tasks may speak to, before a byte is sent. */
import { once } from 'node:events'
import { isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as secure } from 'node:tls'
import type { AddressRule } from './addresses.ts'
import type { HostAddress, Network } from './network.ts'
import { AddressRefused } from './refusals.ts'

/** What a connection needs. */
export type ConnectionOptions = {
  readonly network: Network
  readonly check: AddressRule
  /** Ends the attempt. */
  readonly signal: AbortSignal
}

/** Rejects as soon as the signal is aborted; what was under way ends unheard. */
const unlessAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = () => reject(new Error('aborted', { cause: signal.reason }))
    // Heard in any case: a rejection that nobody waits for would end the worker.
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })

const addressesOf = async (host: string, { network, signal }: ConnectionOptions): Promise<readonly HostAddress[]> => {
  const family = isIP(host)
  return family === 0 ? unlessAborted(network.lookup(host), signal) : [{ address: host, family }]
}

/** A name is looked up once: the answer that was checked is the one that is used, whatever the next one would be. */
const fixed =
  (addresses: readonly HostAddress[]): LookupFunction =>
  (_name, _options, done) =>
    done(null, [...addresses])

/** Whoever waits for a socket is told of its failure. One that nobody waits for any more would end the worker by it. */
const guarded = <S extends Socket>(socket: S): S => socket.on('error', () => undefined)

const connected = async (socket: Socket, host: string, { check, signal }: ConnectionOptions): Promise<void> => {
  await once(socket, 'connect', { signal })
  // The last word has the kernel: whatever was asked for, this is who hears us.
  const { remoteAddress } = socket
  if (remoteAddress === undefined) throw new AddressRefused(`${host} hung up before it was known who it is.`)
  check(remoteAddress, host)
}

const encrypted = async (socket: Socket, host: string, signal: AbortSignal): Promise<Socket> => {
  // RFC 6066 §3: an address is no server name.
  const servername = isIP(host) === 0 ? host : ''
  const channel = guarded(secure({ socket, host, servername, ALPNProtocols: ['http/1.1'] }))
  await once(channel, 'secureConnect', { signal })
  return channel
}

/**
 * Connects to the host of an http or https URL. Every address that it has is checked, and again the one that it is in the end.
 * @throws AddressRefused, BadRequest where one of them is refused; the system's error where the host is not found or not reached, or does
 *   not prove to be who it is
 */
export const openConnection = async (url: URL, options: ConnectionOptions): Promise<Socket> => {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const addresses = await addressesOf(host, options)
  for (const { address } of addresses) options.check(address, host)
  const isSecure = url.protocol === 'https:'
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port)
  const socket = guarded(options.network.connect({ host, port, lookup: fixed(addresses), autoSelectFamily: true }))
  try {
    await connected(socket, host, options)
    return isSecure ? await encrypted(socket, host, options.signal) : socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}
