/** What follows when a device is gone: it is offline, and its tasks go to others, unless most of the cluster has vanished with it. */
import { closeCodes, type ClusterConfig } from '../../schemas/index.ts'
import type { Fleet } from './fleet.ts'
import { withoutLacks } from './learned.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Absence, Liveness } from './liveness.ts'
import { isMassSilence, type Silence } from './mass-silence.ts'
import type { CancelTimer, Clock } from './ports/clock.ts'
import type { DeviceRecord } from './ports/records.ts'
import type { State } from './state.ts'
import type { Telemetries } from './telemetry.ts'
import type { Transaction } from './unit-of-work.ts'

/** So many thresholds after it fell silent, a device that vanished with most others loses its tasks all the same. */
const HOLD_THRESHOLDS = 2

/** Devices that are gone. */
export interface Absences {
  /** The device is offline. Its tasks are taken from it, or held where most of the cluster is silent. */
  take(tx: Transaction, device: DeviceRecord, how: Absence | 'goodbye'): void
  /** The device is back, or removed: what was held is no longer. */
  end(device_id: string): void
  /** True where the tasks of an offline device wait for it. */
  isHeld(device_id: string): boolean
  /** True while tasks are held anywhere. */
  isMassSilence(): boolean
  /** Holds what offline devices have from before the node's start. */
  start(): void
  stop(): void
}

/** What absences work with. */
export type AbsenceContext = {
  readonly state: State
  readonly fleet: Fleet
  readonly lifecycle: Lifecycle
  readonly liveness: () => Liveness
  readonly telemetries: () => Telemetries
  readonly clock: Clock
  readonly settings: () => ClusterConfig['cluster']
  /** Does something as a unit of work of its own; a failure is tried again later. */
  readonly run: (what: (tx: Transaction) => void, failed: () => void) => void
}

/** A hold that could not be ended (the disk is full) is tried again after this, milliseconds. */
const RETRY_MS = 1000

/** Nobody is gone. */
export const createAbsences = (context: AbsenceContext): Absences => {
  const { state, fleet, lifecycle, clock, settings } = context
  const holds = new Map<string, CancelTimer>()
  /** Devices that said goodbye: their silence says nothing. */
  const dismissed = new Set<string>()

  const silentSinceMs = (device_id: string) => {
    const { heardMs, closedMs } = fleet.of(device_id)
    return closedMs ?? heardMs
  }

  const silences = function* (): Generator<Silence> {
    const nowMs = clock.monotonic()
    for (const device of state.devices.values()) {
      const isSilent = !dismissed.has(device.id) && device.status !== 'pending_approval' && fleet.isSilent(device)
      yield {
        silentForMs: isSilent ? nowMs - silentSinceMs(device.id) : null,
        isOnline: device.status === 'online',
      }
    }
  }

  const end = (device_id: string) => {
    holds.get(device_id)?.()
    holds.delete(device_id)
    dismissed.delete(device_id)
  }

  const lose = (tx: Transaction, device_id: string, reason: string) => {
    for (const task_id of [...state.assignedTo(device_id)]) {
      const record = state.tasks.get(task_id)
      if (record !== undefined) lifecycle.lost(tx, record, reason, fleet.goneMs(device_id))
    }
  }

  const hold = (device_id: string, delayMs: number) => {
    holds.get(device_id)?.()
    const release = () => {
      context.run(
        (tx) => {
          if (state.devices.get(device_id)?.status !== 'offline') return
          lose(tx, device_id, `${device_id} fell silent with most of the cluster, and did not come back`)
          tx.after(() => holds.delete(device_id))
        },
        () => hold(device_id, RETRY_MS),
      )
    }
    holds.set(device_id, clock.after(delayMs, release))
  }

  const holdMs = () => HOLD_THRESHOLDS * settings().offline_threshold * 1000

  return {
    take: (tx, device, how) => {
      const { id } = device
      const kept = context.telemetries().kept(device)
      // Who stops and comes back may be able to do what it could not.
      const learned = how === 'goodbye' ? withoutLacks(kept.learned) : kept.learned
      tx.putDevice({ ...kept, learned, status: 'offline' })
      tx.record({ type: 'device_offline', device_id: id, reason: how })
      // A hello may have taken the device elsewhere by the time this is on disk: only what still holds is done then.
      tx.after(() => {
        if (state.devices.get(id)?.status !== 'offline') return
        context.liveness().unwatch(id)
        // What it ran is lost, and it may run still: before it gets anything, it has to say what it has.
        fleet.of(id).link?.close(closeCodes.silent, 'this device was silent for too long')
      })
      // A heartbeat interval and a half is what it takes to see that the others are silent too.
      const windowMs = (settings().offline_threshold + 1.5 * settings().heartbeat_interval) * 1000
      const isHeld = how !== 'goodbye' && isMassSilence(silences(), windowMs)
      tx.log(how === 'goodbye' ? 'info' : 'warning', {
        component: 'device_registry',
        device_id: id,
        task_id: null,
        message: isHeld
          ? `device ${id} is offline with most of the cluster; its tasks wait for it`
          : `device ${id} is offline`,
        details: { reason: how },
      })
      if (how === 'goodbye') {
        tx.after(() => dismissed.add(id))
        // It has ended what it ran, so that this costs its tasks nothing.
        for (const task_id of [...state.assignedTo(id)]) {
          const record = state.tasks.get(task_id)
          if (record !== undefined) lifecycle.returned(tx, record, `${id} stopped`)
        }
      } else if (isHeld) tx.after(() => hold(id, Math.max(0, silentSinceMs(id) + holdMs() - clock.monotonic())))
      else lose(tx, id, `${id} is offline (${how})`)
    },
    end,
    isHeld: (device_id) => holds.has(device_id),
    isMassSilence: () => holds.size > 0,
    start: () => {
      for (const { id, status } of state.devices.values())
        if (status === 'offline' && state.assignedTo(id).size > 0) hold(id, holdMs())
    },
    stop: () => {
      for (const cancel of holds.values()) cancel()
      holds.clear()
    },
  }
}
