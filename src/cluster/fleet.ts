/** The live side of the devices: connections, the last heartbeat, and what a device is still ending. Rebuilt by every hello. */
import type { DevicePause, PlacementReasonCode, Telemetry } from '../../schemas/index.ts'
import { toInstant } from './instants.ts'
import { withoutStaleLacks } from './learned.ts'
import type { Clock } from './ports/clock.ts'
import type { DeviceLink } from './ports/link.ts'
import type { DeviceRecord } from './ports/records.ts'
import { pauseLeftMs } from './probation.ts'
import type { PlaceSource } from './places.ts'
import type { State } from './state.ts'

/** A device as it is now. */
export interface LiveDevice {
  /** The open connection; null while there is none. */
  link: DeviceLink | null
  /** What was said in the last welcome, to the worker on that connection alone; null before the first of this run of the node. */
  session: string | null
  /** True once the device has had the answer to its hello: nothing is sent before. */
  ready: boolean
  /** The last telemetry; null before the first of this run of the node. */
  telemetry: Telemetry | null
  /** Why it takes nothing, as it said in its last telemetry; null where it takes tasks, or said nothing yet. */
  pause: DevicePause | null
  /** When it was last heard of: monotonic milliseconds. */
  heardMs: number
  /** The same by the wall clock, epoch milliseconds; null before the first sign of life in this run. */
  lastSeenMs: number | null
  /** When its side closed the connection, monotonic milliseconds; null while it did not. */
  closedMs: number | null
  /** Attempts that it is ending, as keys: each takes a slot until the device has said that it is over. */
  readonly ending: Set<string>
}

/** Whether a device may be given a task, whatever the task: the first of these that holds. */
export type Availability =
  | {
      readonly code: Extract<
        PlacementReasonCode,
        'pending_approval' | 'offline' | 'silent' | 'drained' | 'on_probation' | 'busy' | 'fits'
      >
      /** True where nothing but time keeps it from a task: a slot is free, or will be. */
      readonly isOpen: boolean
      /** Slots that may be filled now. */
      readonly free: number
    }
  | { readonly code: 'paused'; readonly isOpen: false; readonly free: 0; readonly pause: DevicePause }

const shut = (code: Exclude<Availability['code'], 'paused'>): Availability => ({ code, isOpen: false, free: 0 })

/** The live devices. */
export interface Fleet extends PlaceSource {
  /** The live side of a registered device. */
  of(device_id: string): LiveDevice
  forget(device_id: string): void
  /** A device has sent telemetry. True where it began to take nothing by it, or tasks again, or for another reason. */
  sampled(device_id: string, telemetry: Telemetry): boolean
  /** The record as it is now: with its live telemetry, and without what it said too long ago. */
  current(device: DeviceRecord): DeviceRecord
  /** Slots that are free; negative never. */
  freeSlots(device: DeviceRecord): number
  /** True where a device has no connection, or has been quiet for 1.5 heartbeat intervals: it gets nothing new. */
  isSilent(device: DeviceRecord): boolean
  /** Whether it may be given a task, whatever the task. */
  availability(device: DeviceRecord): Availability
  /** When a device that is gone was last heard of, or its connection closed: epoch milliseconds; null where that was before this run of the node. */
  goneMs(device_id: string): number | null
  /** Milliseconds until the next pause of a probation is over; undefined where none is under way. */
  nextProofMs(): number | undefined
  /** Devices with an open connection. */
  connected(): number
}

/** A device that is quiet for this many heartbeat intervals gets nothing new (DESIGN, "The cluster node"). */
const SILENT_INTERVALS = 1.5

/** The live side of the devices of a state. `heartbeatInterval` in seconds. */
export const createFleet = (state: State, clock: Clock, heartbeatInterval: () => number): Fleet => {
  const live = new Map<string, LiveDevice>()
  const startMs = clock.monotonic()

  const of = (device_id: string): LiveDevice => {
    const known = live.get(device_id)
    if (known !== undefined) return known
    const device: LiveDevice = {
      link: null,
      session: null,
      ready: false,
      telemetry: null,
      pause: null,
      heardMs: startMs,
      lastSeenMs: null,
      closedMs: null,
      ending: new Set(),
    }
    live.set(device_id, device)
    return device
  }
  const current = (device: DeviceRecord): DeviceRecord => {
    const telemetry = live.get(device.id)?.telemetry
    const known = device.learned.lacks.length === 0 ? device : withoutStaleLacks(device, clock.now())
    return telemetry === null || telemetry === undefined ? known : { ...known, telemetry }
  }
  const taken = ({ id }: DeviceRecord) => state.assignedTo(id).size + (live.get(id)?.ending.size ?? 0)
  const freeSlots = (device: DeviceRecord) => Math.max(0, device.offer.slots - taken(device))
  const isSilent = ({ id }: DeviceRecord) => {
    const device = live.get(id)
    return (
      device?.link === null ||
      device === undefined ||
      clock.monotonic() - device.heardMs > SILENT_INTERVALS * heartbeatInterval() * 1000
    )
  }

  const availability = (device: DeviceRecord): Availability => {
    if (device.status === 'pending_approval') return shut('pending_approval')
    if (device.status === 'offline') return shut('offline')
    if (isSilent(device)) return shut('silent')
    if (!device.schedulable) return shut('drained')
    const pause = live.get(device.id)?.pause ?? null
    if (pause !== null) return { code: 'paused', isOpen: false, free: 0, pause }
    const free = freeSlots(device)
    const { probation } = device.learned
    if (probation !== null) {
      // It proves itself with one task: while it has any, it gets no other.
      const isProving = pauseLeftMs(probation, clock.now()) === 0 && taken(device) === 0 && free > 0
      return isProving ? { code: 'fits', isOpen: true, free: 1 } : shut('on_probation')
    }
    return { code: free > 0 ? 'fits' : 'busy', isOpen: true, free }
  }

  return {
    of,
    forget: (device_id) => live.delete(device_id),
    sampled: (device_id, telemetry) => {
      const device = of(device_id)
      const { pause: before } = device
      const { paused = null } = telemetry
      const hasChanged = before?.reason !== paused?.reason
      device.telemetry = telemetry
      state.changedDevices.add(device_id)
      device.pause = paused && {
        reason: paused.reason,
        message: paused.message,
        since: before === null || hasChanged ? toInstant(clock.now()) : before.since,
      }
      return hasChanged
    },
    current,
    freeSlots,
    isSilent,
    availability,
    goneMs: (device_id) => {
      const { closedMs, lastSeenMs } = of(device_id)
      // By the monotonic clock: the wall clock may have jumped since.
      return closedMs === null ? lastSeenMs : clock.now() - (clock.monotonic() - closedMs)
    },
    takeChanged: () => {
      if (state.changedDevices.size === 0) return []
      const changed = [...state.changedDevices]
      state.changedDevices.clear()
      return changed
    },
    mayBeFree: (device_id) => {
      const device = state.devices.get(device_id)
      if (device?.status !== 'online' || !device.schedulable || of(device_id).pause !== null) return undefined
      const { slots } = device.offer
      const free = slots - state.assignedTo(device_id).size
      return free > 0 ? { device: current(device), slots, free } : undefined
    },
    candidate: (device_id) => {
      const device = state.devices.get(device_id)
      // Before it has had the answer to its hello, nothing is sent.
      if (device === undefined || live.get(device_id)?.ready !== true) return undefined
      const { free } = availability(device)
      return free > 0 ? { device: current(device), slots: device.offer.slots, free } : undefined
    },
    nextProofMs: () => {
      let next: number | undefined
      for (const device_id of state.onProbation) {
        const leftMs = pauseLeftMs(state.devices.get(device_id)?.learned.probation ?? null, clock.now())
        if (leftMs > 0) next = Math.min(leftMs, next ?? Infinity)
      }
      return next
    },
    connected: () => {
      let connected = 0
      for (const { link } of live.values()) if (link !== null) connected += 1
      return connected
    },
  }
}
