/** The network as tasks get at it. Tests put one of their own here. */
import { lookup } from 'node:dns/promises'
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net'
import { networkInterfaces } from 'node:os'
import { attemptToRead } from '../machine.ts'

/** An address of a host. */
export type HostAddress = { readonly address: string; readonly family: number }

/** The network. */
export interface Network {
  /** All addresses of a name. Rejects with the resolver's error. */
  lookup(name: string): Promise<readonly HostAddress[]>
  /** Begins to connect. */
  connect(options: TcpNetConnectOpts): Socket
  /** The networks that the device is in now, as CIDR; none where the system does not tell. */
  ownNetworks(): readonly string[]
}

/** The network of this machine. */
export const systemNetwork: Network = {
  lookup: (name) => lookup(name, { all: true }),
  connect: (options) => connect(options),
  ownNetworks: () =>
    Object.values(attemptToRead(networkInterfaces) ?? {})
      .flatMap((addresses) => addresses ?? [])
      .map(({ cidr }) => cidr)
      .filter((cidr) => cidr !== null),
}
