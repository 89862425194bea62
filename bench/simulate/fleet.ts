/** Many played devices in one process. */
import type { NodeEndpoint } from '../../src/link/client/open-socket.ts'
import { type PlayedDevice, playDevice } from './device.ts'

/** Devices that join at a time: a node has so many strangers wait at its door as it likes (MOST_WAITING, src/link/server). */
const AT_ONCE = 50

/** What kind of fleet. */
export type FleetOptions = {
  readonly node: NodeEndpoint
  readonly token: string
  readonly devices: number
  /** The number of the first one, where other fleets play in the same cluster. */
  readonly first?: number
  readonly slots: number
  /** How long tasks take, milliseconds; null: they never end. */
  readonly taskMs: number | null
}

/** A fleet that has joined. */
export interface PlayedFleet {
  readonly devices: readonly PlayedDevice[]
  /** Tasks that have ended, and connections that were lost though nobody ended them. */
  readonly counts: { readonly ended: number; readonly lost: number }
  end(): Promise<void>
}

/** Lets all devices join. */
export const joinFleet = async ({ devices, first = 0, ...playing }: FleetOptions): Promise<PlayedFleet> => {
  const counts = { ended: 0, lost: 0 }
  const joined: PlayedDevice[] = []
  let isOver = false
  let next = first
  const joinSome = async () => {
    while (next < first + devices)
      joined.push(
        await playDevice({
          ...playing,
          number: next++,
          onTaskEnd: () => (counts.ended += 1),
          onEnd: () => {
            if (!isOver) counts.lost += 1
          },
        }),
      )
  }
  await Promise.all(Array.from({ length: AT_ONCE }, joinSome))
  return {
    devices: joined,
    counts,
    end: async () => {
      isOver = true
      await Promise.all(joined.map((device) => device.end()))
    },
  }
}
