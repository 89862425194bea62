/** Under which addresses this machine stands in its networks. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { BlockList, isIPv4 } from 'node:net'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

/** TEST-NET-1 (RFC 5737): routed nowhere, so the system picks the interface of the default route. Nothing is sent. */
const ELSEWHERE = '192.0.2.1'

/** The IPv4 address of the interface of the default route; undefined where there is none. */
export const addressByRoute = async (): Promise<string | undefined> => {
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

/** An IPv4 network that this machine is in, and its own address there. */
export type OwnNetwork = {
  readonly address: string
  /** Bits of the network, 0 to 32. */
  readonly prefix: number
}

/** What most networks at home have; taken where the platform tells the address alone. */
const USUAL_PREFIX = 24

/** The IPv4 networks that this machine is in, loopback aside. */
export const ownNetworks = async (): Promise<readonly OwnNetwork[]> => {
  const told = ownAddresses()
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address, cidr }) => ({ address, prefix: Number(cidr?.split('/')[1] ?? USUAL_PREFIX) }))
  if (told.length > 0) return told
  const address = await addressByRoute()
  return address === undefined ? [] : [{ address, prefix: USUAL_PREFIX }]
}

/** True for an IPv4 address in this network. */
export const isWithin = ({ address, prefix }: OwnNetwork, other: string): boolean => {
  if (!isIPv4(other)) return false
  const network = new BlockList()
  network.addSubnet(address, prefix)
  return network.check(other)
}
