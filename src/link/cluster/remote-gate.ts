/** Where devices come in at a node that does not schedule: what they say goes on to the one that does, over the link to it. */
import type { clusterMethods } from '../../../schemas/cluster-link.ts'
import { closeCodes } from '../../../schemas/link.ts'
import type { DeviceGate, DeviceLink } from '../../cluster/ports/link.ts'
import type { Handlers, Peer } from '../rpc-types.ts'
import { meaningOf, unavailable } from './unavailable.ts'

type ApiPeer = Peer<typeof clusterMethods, 'api'>

/** What the scheduling node may ask of devices here. */
type DeviceHandlers = Pick<Handlers<typeof clusterMethods, 'node'>, 'device.tell' | 'device.ask' | 'device.close'>

/** The gate, and the end of the link to the scheduling node that belongs to it. */
export interface RemoteGate extends DeviceGate {
  readonly handlers: DeviceHandlers
  /** The link to the scheduling node is gone, and with it what it knows of the devices here: they come back with a hello. */
  lost(): void
}

/** How long the scheduling node has to answer a device: for a hello it may have to ask another device first. */
const ANSWER_MS = 60_000

/** @param peer - the link to the scheduling node; undefined while there is none */
export const createRemoteGate = (peer: () => ApiPeer | undefined): RemoteGate => {
  const links = new Map<number, DeviceLink>()
  let last = 0

  const linkOf = (connection: number): DeviceLink => {
    const link = links.get(connection)
    if (link === undefined) throw unavailable('the device is not connected any more')
    return link
  }

  return {
    connect: (link) => {
      const connection = (last += 1)
      /** The link that it was told over: on another one nobody knows of it. */
      let speaker: ApiPeer | undefined
      const say = (method: string, params: unknown) =>
        void speaker?.notify('device.said', { connection, method, params })
      const ask = async <Result>(method: string, params: unknown): Promise<Result> => {
        if (speaker === undefined) throw unavailable('the node that schedules is not reached')
        try {
          const { result } = await speaker.request('device.asked', { connection, method, params }, ANSWER_MS)
          // The link of the device checks it before it goes out.
          return result as Result
        } catch (error) {
          throw meaningOf(error)
        }
      }
      return {
        hello: (params) => {
          speaker = peer()
          if (speaker !== undefined) links.set(connection, link)
          speaker?.notify('device.connect', { connection, address: link.address })
          return ask('device.hello', params)
        },
        heartbeat: (telemetry) => say('device.heartbeat', { telemetry }),
        profile: (profile) => say('device.profile', { profile }),
        offer: (offer) => ask('device.offer', { offer }),
        started: (attempt) => say('task.started', attempt),
        output: (output) => say('task.output', output),
        progress: (report) => say('task.progress', report),
        finished: (end) => ask('task.finished', end),
        goodbye: () => say('device.goodbye', { reason: '' }),
        closed: (by) => {
          if (links.delete(connection)) speaker?.notify('device.gone', { connection, by })
        },
      }
    },
    handlers: {
      // The table of the scheduling node is that of this one, or of a later version: the link of the device checks what it sends.
      'device.tell': ({ connection, method, params }) =>
        links.get(connection)?.notify(method as never, params as never),
      'device.ask': async ({ connection, method, params, timeout_ms }) => {
        try {
          return { result: await linkOf(connection).request(method as never, params as never, timeout_ms) }
        } catch (error) {
          throw meaningOf(error)
        }
      },
      'device.close': ({ connection, code, reason }) => links.get(connection)?.close(code, reason),
    },
    lost: () => {
      const all = [...links.values()]
      links.clear()
      for (const link of all) link.close(closeCodes.moved, 'the node that schedules is another now, or was lost')
    },
  }
}
