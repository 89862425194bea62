/**
 * The seat of the node that schedules, as all that is above it sees it: the API and the listener for devices. It is in this process, or
 * it is another node, which is spoken to over the link, and it may change hands; what is above stays as it is.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { closeCodes } from '../../../schemas/link.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { createActing } from '../../cluster/ports/acting.ts'
import type { Count } from '../../cluster/ports/counting.ts'
import type { FileGate } from '../../cluster/ports/file-gate.ts'
import type { DeviceGate, DeviceLink, DeviceSession } from '../../cluster/ports/link.ts'
import type { NodeEndpoint } from '../client/open-socket.ts'
import { createEventRelay } from './event-relay.ts'
import { clusterOf, operationOf } from './operations.ts'
import { unavailable } from './unavailable.ts'

/** Who schedules. */
export type Occupant = {
  readonly cluster: Cluster
  readonly gate: DeviceGate
  readonly count: Count
  /** Where devices come with files: in this process, or at the port of another node. */
  readonly files: FileGate | NodeEndpoint
}

/** The seat. */
export interface Seat {
  /** Operations are refused with `CLUSTER_UNAVAILABLE` while nobody is there. Listeners hear everybody who comes, without a gap. */
  readonly cluster: Cluster
  /** Devices that say hello while nobody is there wait for a while. When the seat changes hands, all of them come back with a hello. */
  readonly gate: DeviceGate
  /** Who is there. */
  occupant(): Occupant | undefined
  /** Takes it. */
  occupy(next: Occupant): void
  /** Leaves it. */
  vacate(reason: string): void
  /** Resolves when it is occupied. */
  occupied(): Promise<Occupant>
}

/** How long a device that says hello waits for somebody to be there, milliseconds: it waits for its answer for 30 s itself. */
const PATIENCE_MS = 20_000
/** After this long it is tried again to read events that could not be read, milliseconds. */
const AGAIN_MS = 200

/** A seat that nobody has taken yet. */
export const createSeat = (): Seat => {
  const relay = createEventRelay()
  const acting = createActing()
  const removalListeners = new Set<(key_id: string | null) => void>()
  const links = new Set<DeviceLink>()
  let occupant: Occupant | undefined
  let away = { reason: 'no node schedules yet', since_ms: Date.now() }
  let arrival = Promise.withResolvers<Occupant>()
  let stopHearing: () => void = () => undefined

  const tellRemoved = (key_id: string | null) => {
    for (const listener of removalListeners) listener(key_id)
  }
  const present = (): Occupant => {
    if (occupant === undefined) throw unavailable(away.reason)
    return occupant
  }
  /** Does it on behalf of whom is acted now, whose deed goes with the operation wherever that is done. */
  const acted = <T>(cluster: Cluster, work: () => Promise<T>): Promise<T> => {
    const deed = acting.current()
    return deed === undefined ? work() : cluster.acting(deed, work)
  }

  const follow = async (next: Occupant) => {
    while (occupant === next) {
      try {
        await relay.follow(next.cluster.events)
        return
      } catch {
        // It was lost at this moment, or its store is away: it is there again, or another one takes its place.
        await pause(AGAIN_MS)
      }
    }
  }

  const vacate = (reason: string) => {
    if (occupant === undefined) return
    occupant = undefined
    away = { reason, since_ms: Date.now() }
    arrival = Promise.withResolvers()
    stopHearing()
    for (const link of [...links]) link.close(closeCodes.moved, reason)
  }

  const cluster = clusterOf(
    async (name, input) => {
      const { cluster } = present()
      return acted(cluster, async () => operationOf(cluster, name)?.(input))
    },
    {
      listen: relay.listen,
      onRemoved: (listener) => {
        removalListeners.add(listener)
        return () => removalListeners.delete(listener)
      },
      transfers: {
        store: async (upload) => {
          const { cluster } = present()
          return acted(cluster, () => cluster.artifacts.store(upload))
        },
        open: async (wanted) => present().cluster.artifacts.open(wanted),
      },
      acting: (deed, work) => acting.run(deed, work),
      reachability: () => occupant?.cluster.reachability() ?? { reachable: false, ...away },
    },
  )

  /** Who is there when a device says hello, or comes soon after. */
  const awaited = async (): Promise<Occupant> => {
    if (occupant !== undefined) return occupant
    const late = new AbortController()
    const patience = pause(PATIENCE_MS, undefined, { signal: late.signal }).catch(() => undefined)
    try {
      return (await Promise.race([arrival.promise, patience])) ?? present()
    } finally {
      late.abort()
    }
  }

  return {
    cluster,
    gate: {
      connect: (link) => {
        /** Of who was there at its hello. */
        let session: DeviceSession | undefined
        let isOpen = true
        const stillOpen = () => isOpen
        const known = (): DeviceSession => {
          if (session === undefined) throw unavailable(away.reason)
          return session
        }
        return {
          hello: async (params) => {
            const { gate } = await awaited()
            if (!stillOpen()) throw unavailable('the connection is gone')
            links.add(link)
            session = gate.connect(link)
            return session.hello(params)
          },
          heartbeat: (telemetry) => known().heartbeat(telemetry),
          profile: (profile) => known().profile(profile),
          offer: (offer) => known().offer(offer),
          started: (attempt) => known().started(attempt),
          output: (output) => known().output(output),
          progress: (report) => known().progress(report),
          finished: (end) => known().finished(end),
          goodbye: () => known().goodbye(),
          closed: (by) => {
            isOpen = false
            links.delete(link)
            session?.closed(by)
          },
        }
      },
    },
    occupant: () => occupant,
    occupy: (next) => {
      vacate('another node schedules now')
      occupant = next
      stopHearing = next.cluster.keys.onRemoved(tellRemoved)
      // While nobody was there, keys may have been removed.
      tellRemoved(null)
      void follow(next)
      arrival.resolve(next)
    },
    vacate,
    occupied: () => (occupant === undefined ? arrival.promise : Promise.resolve(occupant)),
  }
}
