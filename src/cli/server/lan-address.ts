/** Under which address the devices of the same network reach this machine. */
import { hostname } from 'node:os'
import { isEveryAddress } from '../../link/address.ts'
import { addressByRoute, ownAddresses } from '../../link/own-addresses.ts'

const byInterfaces = (): string | undefined =>
  ownAddresses().find(({ family, internal }) => family === 'IPv4' && !internal)?.address

/** The address of this machine in its network; its host name where no address is known. */
export const lanAddress = async (): Promise<string> => (await addressByRoute()) ?? byInterfaces() ?? hostname()

/** The host that a device is told for what listens on `bind`: the one that was named, where one was. */
export const reachableHost = async (bind: string, named?: string): Promise<string> =>
  named ?? (isEveryAddress(bind) ? lanAddress() : bind)

/** A host that this machine itself reaches what listens on `bind` by. */
export const localHost = (bind: string): string => {
  if (bind === '0.0.0.0') return '127.0.0.1'
  return bind === '::' ? '::1' : bind
}
