/** The live side of the devices: connections, the last heartbeat, and what a device is still ending. Rebuilt by every hello. */
import type { Telemetry } from '../../schemas/index.ts'
import type { DeviceLink } from './ports/link.ts'
import type { DeviceRecord } from './ports/store.ts'
import type { Candidate } from './scheduler.ts'
import type { State } from './state.ts'

/** A device as it is now. */
export interface LiveDevice {
  /** The open connection; null while there is none. */
  link: DeviceLink | null
  /** True once the device has had the answer to its hello: nothing is sent before. */
  ready: boolean
  /** The last telemetry; null before the first of this run of the node. */
  telemetry: Telemetry | null
  /** When it was last heard of: monotonic milliseconds. */
  heardMs: number
  /** The same by the wall clock, epoch milliseconds; null before the first sign of life in this run. */
  lastSeenMs: number | null
  /** When its side closed the connection, monotonic milliseconds; null while it did not. */
  closedMs: number | null
  /** Attempts that it is ending, as keys: each takes a slot until the device has said that it is over. */
  readonly ending: Set<string>
}

/** The live devices. */
export interface Fleet {
  /** The live side of a registered device. */
  of(device_id: string): LiveDevice
  forget(device_id: string): void
  /** The record with its live telemetry. */
  current(device: DeviceRecord): DeviceRecord
  /** Slots that are free; negative never. */
  freeSlots(device: DeviceRecord): number
  /** True where a device has no connection, or has been quiet for 1.5 heartbeat intervals: it gets nothing new. */
  isSilent(device: DeviceRecord): boolean
  /** The devices that may be given a task now. */
  candidates(): Candidate[]
  /** Devices with an open connection. */
  connected(): number
}

/** A device that is quiet for this many heartbeat intervals gets nothing new (DESIGN, "The cluster node"). */
const SILENT_INTERVALS = 1.5

/** The live side of the devices of a state. `heartbeatInterval` in seconds. */
export const createFleet = (state: State, monotonic: () => number, heartbeatInterval: () => number): Fleet => {
  const live = new Map<string, LiveDevice>()
  const startMs = monotonic()

  const of = (device_id: string): LiveDevice => {
    const known = live.get(device_id)
    if (known !== undefined) return known
    const device: LiveDevice = {
      link: null,
      ready: false,
      telemetry: null,
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
    return telemetry === null || telemetry === undefined ? device : { ...device, telemetry }
  }
  const freeSlots = ({ id, offer }: DeviceRecord) =>
    Math.max(0, offer.slots - state.assignedTo(id).size - (live.get(id)?.ending.size ?? 0))
  const isSilent = ({ id }: DeviceRecord) => {
    const device = live.get(id)
    return (
      device?.link === null ||
      device === undefined ||
      monotonic() - device.heardMs > SILENT_INTERVALS * heartbeatInterval() * 1000
    )
  }

  return {
    of,
    forget: (device_id) => live.delete(device_id),
    current,
    freeSlots,
    isSilent,
    candidates: () => {
      const candidates: Candidate[] = []
      for (const device of state.devices.values()) {
        if (device.status !== 'online' || !device.schedulable) continue
        if (live.get(device.id)?.ready !== true || isSilent(device)) continue
        const free = freeSlots(device)
        if (free > 0) candidates.push({ device: current(device), slots: device.offer.slots, free })
      }
      return candidates
    },
    connected: () => {
      let connected = 0
      for (const { link } of live.values()) if (link !== null) connected += 1
      return connected
    },
  }
}
