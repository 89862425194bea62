/** Rooms of no directory. */
import type { Room } from '../../src/store/room.ts'

/** One without end. */
export const endlessRoom: Room = {
  has: () => true,
  ranOut: () => false,
  regain: () => Promise.resolve(true),
}
