/** Devices that are connected to another node of the cluster, at the end of the one that schedules. */
import type { clusterMethods } from '../../../schemas/cluster-link.ts'
import { type LinkMethod, linkMethods } from '../../../schemas/link.ts'
import type { DeviceGate, DeviceLink, DeviceSession } from '../../cluster/ports/link.ts'
import { received } from '../checks.ts'
import { RpcError } from '../rpc-errors.ts'
import type { Handlers, Peer } from '../rpc-types.ts'
import { sessionMethods } from '../session-methods.ts'
import { meaningOf, unavailable } from './unavailable.ts'

/** What the other node may say of its devices. */
type DeviceHandlers = Pick<
  Handlers<typeof clusterMethods, 'api'>,
  'device.connect' | 'device.said' | 'device.asked' | 'device.gone'
>

/** The devices of one other node. */
export interface ServedDevices {
  readonly handlers: DeviceHandlers
  /** The link to the other node is gone: its devices may come back to any node, as after the loss of their own connection. */
  lost(): void
}

/** So much longer than the device has to answer, the other node has, milliseconds. */
const ON_THE_WAY_MS = 1000

/**
 * @param peer - the link to the other node
 * @param gate - where its devices come in; undefined for who is no node of the cluster
 */
export const serveDevices = (
  peer: () => Peer<typeof clusterMethods, 'node'>,
  gate: () => DeviceGate | undefined,
): ServedDevices => {
  const sessions = new Map<number, DeviceSession>()

  const linkTo = (connection: number, address: string): DeviceLink => ({
    address,
    notify: (method, params) => void peer().notify('device.tell', { connection, method, params }),
    request: async (method, params, timeoutMs) => {
      const asked = { connection, method, params, timeout_ms: Math.round(timeoutMs) }
      const { result } = await peer()
        .request('device.ask', asked, timeoutMs + ON_THE_WAY_MS)
        .catch((error: unknown) => {
          throw meaningOf(error)
        })
      const schema: LinkMethod = linkMethods[method]
      const told = schema.result === null ? { value: result } : received(schema.result, result)
      if (told.problem !== undefined) throw new RpcError('remote', `the answer is not valid: ${told.problem}`)
      // The schema has checked it.
      return told.value as never
    },
    close: (code, reason) => void peer().notify('device.close', { connection, code, reason }),
  })

  /** Does what a device says, checked as on a connection of its own. */
  const act = (connection: number, name: string, params: unknown): unknown => {
    const method: LinkMethod | undefined = Object.hasOwn(linkMethods, name)
      ? linkMethods[name as keyof typeof linkMethods]
      : undefined
    if (method?.from !== 'device') throw new RpcError('unknown', `${name} is no method of a device`)
    const told = received(method.params, params)
    if (told.problem !== undefined) throw new RpcError('invalid', `${name}: ${told.problem}`)
    const session = sessions.get(connection)
    if (session === undefined) throw unavailable('the device is to connect anew')
    // The table's types say which method takes what, and the schema has checked it: here only the name is known.
    const methods = sessionMethods(() => session) as Readonly<Record<string, (params: unknown) => unknown>>
    return methods[name]?.(told.value)
  }

  return {
    handlers: {
      'device.connect': ({ connection, address }) => {
        const session = gate()?.connect(linkTo(connection, address))
        if (session !== undefined) sessions.set(connection, session)
      },
      'device.said': ({ connection, method, params }) => {
        // Something that was on its way when the connection was closed.
        if (sessions.has(connection)) act(connection, method, params)
      },
      'device.asked': async ({ connection, method, params }) => ({ result: await act(connection, method, params) }),
      'device.gone': ({ connection, by }) => {
        const session = sessions.get(connection)
        sessions.delete(connection)
        session?.closed(by)
      },
    },
    lost: () => {
      const all = [...sessions.values()]
      sessions.clear()
      for (const session of all) session.closed('device')
    },
  }
}
