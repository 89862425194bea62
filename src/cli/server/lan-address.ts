/** Under which address the devices of the same network reach this machine. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { hostname, type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

/** TEST-NET-1 (RFC 5737): routed nowhere, so the system picks the interface of the default route. Nothing is sent. */
const ELSEWHERE = '192.0.2.1'

const byRoute = async (): Promise<string | undefined> => {
  const socket = createSocket('udp4')
  try {
    const connected = once(socket, 'connect')
    socket.connect(9, ELSEWHERE)
    await connected
    return socket.address().address
  } catch {
    // No default route: the interfaces may still tell.
    return undefined
  } finally {
    socket.close()
  }
}

/** The addresses of all interfaces of this machine, loopback included; none where the platform forbids the question. */
export const ownAddresses = (): readonly NetworkInterfaceInfo[] => {
  try {
    return Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  } catch {
    // Android forbids it to apps (DESIGN.md, "The worker").
    return []
  }
}

const byInterfaces = (): string | undefined =>
  ownAddresses().find(({ family, internal }) => family === 'IPv4' && !internal)?.address

/** The address of this machine in its network; its host name where no address is known. */
export const lanAddress = async (): Promise<string> => (await byRoute()) ?? byInterfaces() ?? hostname()

const everyAddress = ['0.0.0.0', '::']

/** The host that a device is told for what listens on `bind`. */
export const reachableHost = async (bind: string): Promise<string> =>
  everyAddress.includes(bind) ? lanAddress() : bind

/** A host that this machine itself reaches what listens on `bind` by. */
export const localHost = (bind: string): string => {
  if (bind === '0.0.0.0') return '127.0.0.1'
  return bind === '::' ? '::1' : bind
}
