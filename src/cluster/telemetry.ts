/** Telemetry with history: heartbeats become means of a minute and of an hour, written once a minute. */
import type { Telemetry } from '../../schemas/index.ts'
import type { Fleet } from './fleet.ts'
import type { CancelTimer, Clock } from './ports/clock.ts'
import type { Log } from './ports/log.ts'
import type { DeviceRecord, MetricsResolution, MetricsRow } from './ports/records.ts'
import type { Store } from './ports/store.ts'
import type { State } from './state.ts'
import type { UnitOfWork } from './unit-of-work.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const spans = { minute: MINUTE_MS, hour: HOUR_MS } as const satisfies Record<MetricsResolution, number>

/** The figures of a heartbeat that are averaged, and what they are called in a row. */
const figures = {
  cpu: { avg: 'cpu_avg', peak: 'cpu_peak' },
  memory: { avg: 'memory_avg', peak: 'memory_peak' },
  storage: { avg: 'storage_avg', peak: 'storage_peak' },
  rx: { avg: 'rx_avg', peak: undefined },
  tx: { avg: 'tx_avg', peak: undefined },
} as const
type Figure = keyof typeof figures

type Sums = { readonly count: number; readonly sum: number; readonly peak: number }
/** What has come in since a span began. */
type Bucket = {
  readonly atMs: number
  samples: number
  /** How many of them the store has; undefined where it has no row of this span. */
  written?: number
  onlineMs: number
  readonly sums: Map<Figure, Sums>
}

const share = (used: number | null, total: number | null) =>
  used === null || total === null || total === 0 ? null : Math.min(100, (used / total) * 100)

const valuesOf = (telemetry: Telemetry, memoryTotal: number | null): Readonly<Record<Figure, number | null>> => ({
  cpu: telemetry.cpu_usage,
  memory: share(telemetry.memory_used_gb, memoryTotal),
  storage: share(telemetry.storage_used_gb, telemetry.storage_total_gb),
  rx: telemetry.network_rx_bytes_per_second,
  tx: telemetry.network_tx_bytes_per_second,
})

const bucketAt = (atMs: number): Bucket => ({ atMs, samples: 0, onlineMs: 0, sums: new Map() })

/** A bucket that goes on where a row left off: the node was restarted in the middle of the hour. */
const bucketFrom = (row: MetricsRow): Bucket => {
  const bucket: Bucket = { ...bucketAt(row.at_ms), samples: row.samples, written: row.samples, onlineMs: row.online_ms }
  for (const [figure, { avg, peak }] of Object.entries(figures)) {
    const mean = row[avg]
    if (mean === null) continue
    bucket.sums.set(figure as Figure, {
      count: row.samples,
      sum: mean * row.samples,
      peak: (peak && row[peak]) ?? mean,
    })
  }
  return bucket
}

const rowOf = (device_id: string, { atMs, samples, onlineMs, sums }: Bucket): MetricsRow => {
  const mean = (figure: Figure) => {
    const sum = sums.get(figure)
    return sum === undefined ? null : sum.sum / sum.count
  }
  const peak = (figure: Figure) => sums.get(figure)?.peak ?? null
  return {
    device_id,
    at_ms: atMs,
    samples,
    online_ms: Math.round(onlineMs),
    cpu_avg: mean('cpu'),
    cpu_peak: peak('cpu'),
    memory_avg: mean('memory'),
    memory_peak: peak('memory'),
    storage_avg: mean('storage'),
    storage_peak: peak('storage'),
    rx_avg: mean('rx'),
    tx_avg: mean('tx'),
  }
}

/** Keeps the telemetry of the devices. */
export interface Telemetries {
  /** A heartbeat has come. */
  sample(device_id: string, telemetry: Telemetry): void
  /** The record with its live telemetry and last sign of life, for the store. */
  kept(device: DeviceRecord): DeviceRecord
  /** Rows of the spans that have not been written yet, so that reads see the present: merged over the store's. */
  open(resolution: MetricsResolution, device_id?: string): MetricsRow[]
  forget(device_id: string): void
  /** Goes on with the hour that the store has begun, and writes from now on. */
  start(): Promise<void>
  /** Writes what is open, for the last time; where that fails, its end is not the less clean. */
  stop(): Promise<void>
}

/** What the telemetry works with. */
export type TelemetryContext = {
  readonly state: State
  readonly fleet: Fleet
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly work: UnitOfWork
}

/** No samples yet. */
export const createTelemetries = ({ state, fleet, store, clock, log, work }: TelemetryContext): Telemetries => {
  const buckets = { minute: new Map<string, Bucket>(), hour: new Map<string, Bucket>() }
  /** Buckets whose span was over before they were written: a timer is late where the node is busy. */
  const ended: Record<MetricsResolution, (readonly [device_id: string, bucket: Bucket])[]> = { minute: [], hour: [] }
  let accountedMs = clock.monotonic()
  let cancel: CancelTimer = () => undefined

  const bucketOf = (resolution: MetricsResolution, device_id: string): Bucket => {
    const atMs = Math.floor(clock.now() / spans[resolution]) * spans[resolution]
    const open = buckets[resolution].get(device_id)
    if (open?.atMs === atMs) return open
    if (open !== undefined && open.written !== open.samples) ended[resolution].push([device_id, open])
    const fresh = bucketAt(atMs)
    buckets[resolution].set(device_id, fresh)
    return fresh
  }

  /** Credits the time since the last call to the devices that are online. */
  const account = () => {
    const nowMs = clock.monotonic()
    const elapsed = nowMs - accountedMs
    accountedMs = nowMs
    for (const { id, status } of state.devices.values())
      if (status === 'online')
        for (const resolution of ['minute', 'hour'] as const) {
          const span = spans[resolution]
          const before = buckets[resolution].get(id)
          const bucket = bucketOf(resolution, id)
          const credit = (to: Bucket, ms: number) => (to.onlineMs = Math.min(span, to.onlineMs + ms))
          // What was before the span that has begun meanwhile belongs to the one that is over.
          const own = before === bucket ? elapsed : Math.min(elapsed, clock.now() - bucket.atMs)
          credit(bucket, own)
          if (before !== undefined && before !== bucket) credit(before, elapsed - own)
        }
  }

  const kept = (device: DeviceRecord): DeviceRecord => {
    const live = fleet.of(device.id)
    return { ...fleet.current(device), last_seen_ms: live.lastSeenMs ?? device.last_seen_ms }
  }

  const write = (): Promise<void> => {
    account()
    const late = { minute: [...ended.minute], hour: [...ended.hour] }
    const written = work.run((tx) => {
      for (const resolution of store.hasRoom() ? (['minute', 'hour'] as const) : (['hour'] as const))
        for (const [id, bucket] of late[resolution])
          if (state.devices.has(id) && bucket.samples + bucket.onlineMs > 0)
            tx.putMetrics(resolution, rowOf(id, bucket))
      for (const device of state.devices.values()) {
        let told = false
        // An hour has one row, which is written over; of a full disk every minute would take a little more.
        for (const resolution of store.hasRoom() ? (['minute', 'hour'] as const) : (['hour'] as const)) {
          const bucket = buckets[resolution].get(device.id)
          if (bucket === undefined || bucket.samples + bucket.onlineMs === 0) continue
          told = true
          tx.putMetrics(resolution, rowOf(device.id, bucket))
          bucket.written = bucket.samples
        }
        if (told) tx.putDevice(kept(device))
      }
      return () => undefined
    })
    // Whether it was written or not: what could not be is lost, as with what is open.
    return written.finally(() => {
      for (const resolution of ['minute', 'hour'] as const) {
        const done = new Set(late[resolution])
        ended[resolution] = ended[resolution].filter((one) => !done.has(one))
      }
    })
  }

  const notWritten = (error: unknown) => log.error({ err: error }, 'telemetry could not be written')

  const tick = () => {
    cancel = clock.after(MINUTE_MS - (clock.now() % MINUTE_MS) - 1, () => {
      write()
        .catch(notWritten)
        .finally(() => (cancel = clock.after(1, tick)))
    })
  }

  return {
    sample: (device_id, telemetry) => {
      const memoryTotal = state.devices.get(device_id)?.profile.memory_total_gb ?? null
      for (const resolution of ['minute', 'hour'] as const) {
        const bucket = bucketOf(resolution, device_id)
        bucket.samples += 1
        for (const [figure, value] of Object.entries(valuesOf(telemetry, memoryTotal))) {
          if (value === null) continue
          const before = bucket.sums.get(figure as Figure) ?? { count: 0, sum: 0, peak: value }
          bucket.sums.set(figure as Figure, {
            count: before.count + 1,
            sum: before.sum + value,
            peak: Math.max(before.peak, value),
          })
        }
      }
    },
    kept,
    open: (resolution, device_id) => {
      account()
      const rows: MetricsRow[] = []
      for (const [id, bucket] of [...ended[resolution], ...buckets[resolution]])
        if (device_id === undefined || id === device_id) rows.push(rowOf(id, bucket))
      return rows
    },
    forget: (device_id) => {
      for (const resolution of ['minute', 'hour'] as const) {
        buckets[resolution].delete(device_id)
        ended[resolution] = ended[resolution].filter(([id]) => id !== device_id)
      }
    },
    start: async () => {
      const hour = Math.floor(clock.now() / HOUR_MS) * HOUR_MS
      for (const row of await store.metrics('hour', hour)) buckets.hour.set(row.device_id, bucketFrom(row))
      const minute = Math.floor(clock.now() / MINUTE_MS) * MINUTE_MS
      for (const row of await store.metrics('minute', minute)) buckets.minute.set(row.device_id, bucketFrom(row))
      tick()
    },
    stop: async () => {
      cancel()
      await write().catch(notWritten)
    },
  }
}
