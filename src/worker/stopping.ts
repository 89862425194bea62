/** The order in which a worker that is told to stop gives up what it has, within the ten seconds that it is given (CONTRACT.md §8). */
import type { NodeConnection } from '../link/client/keep-connected.ts'
import { atMost, type Clock } from './clock.ts'
import type { CloserLook } from './closer-look.ts'
import type { Delivery } from './delivery.ts'
import type { Pausing } from './pausing.ts'
import type { Runner } from './runner.ts'

/** It waits so long for the node to take its tasks back, milliseconds. */
const HAND_BACK_MS = 2000
/** It takes so long at the most to tell its node, milliseconds: on some systems a look at the device takes seconds. */
const ANNOUNCE_MS = 500
/**
 * It waits so long for a measurement to be gone, milliseconds. That is killed at once, but it runs at a low priority: on a device
 * that has more to do than it can, such a process was seen to take 10 seconds to die.
 */
const MEASUREMENT_MS = 1000
const STOPPING = 'Its worker was told to stop.'

/** What a worker has. */
export type Stoppable = {
  readonly clock: Clock
  readonly pausing: Pick<Pausing, 'close'>
  readonly runner: Pick<Runner, 'returnAll'>
  readonly closerLook: Pick<CloserLook, 'stop'>
  readonly delivery: Pick<Delivery, 'settled'>
  /** Resolves when the id of the device is on its disk. */
  readonly idKept: () => Promise<void>
  readonly connection: Pick<NodeConnection, 'close'>
}

/** Ends its tasks, hands them back, and says goodbye. */
export const stopInOrder = async (worker: Stoppable): Promise<void> => {
  const { clock, pausing, runner, closerLook, delivery, idKept, connection } = worker
  // The node hears of it before it gets anything back, so that it gives all of that to others.
  await atMost(clock, ANNOUNCE_MS, pausing.close({ reason: 'stopping', message: STOPPING }))
  await Promise.all([runner.returnAll(STOPPING), atMost(clock, MEASUREMENT_MS, closerLook.stop())])
  await atMost(clock, HAND_BACK_MS, delivery.settled())
  await idKept()
  await connection.close({ reason: 'the worker was told to stop' })
}
