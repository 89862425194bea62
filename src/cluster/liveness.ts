/** Who is offline: measured by the monotonic clock, from the node's start or the end of its own stall where that is later. */
import type { ClusterConfig } from '../../schemas/index.ts'
import type { Fleet } from './fleet.ts'
import type { CancelTimer, Clock } from './ports/clock.ts'

/** Why a device is offline. */
export type Absence = 'silent' | 'connection_closed'

/** Watches the devices that are online. */
export interface Liveness {
  /** Watches a device from now on; harmless where it is watched already. */
  watch(device_id: string): void
  /** What was to follow its absence could not be kept: its time is up once more a little later. */
  watchAgain(device_id: string): void
  /** Watches it no more. */
  unwatch(device_id: string): void
  /** Computes every deadline anew: the config has changed, or a connection has closed. */
  review(device_id?: string): void
  stop(): void
}

/** A timer that fires later than this after its time tells that this process itself stood still (SIGSTOP, suspend, a long collection). */
const STALL_MS = 1000
/**
 * A timer that fires later than this, milliseconds, was held up: what came meanwhile lies unread in the sockets. It looks once more
 * after as long, when the turn has read them. Once: a node that never keeps up would else never take anybody for silent.
 */
const UNREAD_MS = 50
/** An absence that could not be kept (the disk is full) is noticed again after this, milliseconds. */
const RETRY_MS = 1000

/**
 * @param absent - called once when a device's time is up
 */
export const createLiveness = (
  clock: Clock,
  fleet: Fleet,
  settings: () => ClusterConfig['cluster'],
  absent: (device_id: string, how: Absence) => void,
): Liveness => {
  const timers = new Map<string, CancelTimer>()
  /** Silence before this instant does not count: the node did not listen. */
  let listeningSinceMs = clock.monotonic()
  /** A changed threshold counts silence from the change (CONTRACT.md §5). */
  let changedMs = listeningSinceMs

  const deadline = (device_id: string): { atMs: number; how: Absence } => {
    const { heardMs, closedMs } = fleet.of(device_id)
    const { offline_threshold, reconnect_grace } = settings()
    const silent = Math.max(heardMs, listeningSinceMs, changedMs) + offline_threshold * 1000
    if (closedMs === null) return { atMs: silent, how: 'silent' }
    const grace = Math.max(closedMs, listeningSinceMs) + reconnect_grace * 1000
    return grace < silent ? { atMs: grace, how: 'connection_closed' } : { atMs: silent, how: 'silent' }
  }

  const arm = (device_id: string, leastMs = 0, isSecondLook = false) => {
    timers.get(device_id)?.()
    const { atMs } = deadline(device_id)
    const dueMs = Math.max(atMs, clock.monotonic() + leastMs)
    timers.set(
      device_id,
      clock.after(dueMs - clock.monotonic(), () => {
        const nowMs = clock.monotonic()
        const lateMs = nowMs - dueMs
        if (lateMs > STALL_MS) listeningSinceMs = nowMs
        // Heartbeats move the deadline without touching the timer; it looks again when it fires.
        const { atMs: latest, how } = deadline(device_id)
        if (latest > nowMs) return arm(device_id)
        if (lateMs > UNREAD_MS && !isSecondLook) return arm(device_id, UNREAD_MS, true)
        timers.delete(device_id)
        absent(device_id, how)
      }),
    )
  }

  return {
    watch: (device_id) => {
      if (!timers.has(device_id)) arm(device_id)
    },
    watchAgain: (device_id) => arm(device_id, RETRY_MS),
    unwatch: (device_id) => {
      timers.get(device_id)?.()
      timers.delete(device_id)
    },
    review: (device_id) => {
      if (device_id !== undefined) {
        if (timers.has(device_id)) arm(device_id)
        return
      }
      changedMs = clock.monotonic()
      for (const id of [...timers.keys()]) arm(id)
    },
    stop: () => {
      for (const cancel of timers.values()) cancel()
      timers.clear()
    },
  }
}
