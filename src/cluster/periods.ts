/** Spans of time over which figures are asked, and how fine the figures of each are. */
import type { Period } from '../../schemas/index.ts'
import type { MetricsResolution } from './ports/records.ts'

/** An hour in milliseconds. */
export const HOUR_MS = 3_600_000

/** A day in milliseconds. */
export const DAY_MS = 24 * HOUR_MS

/** The length of each period, and the resolution that it is answered from: minutes are kept for 25 hours only. */
export const periodOf: Readonly<Record<Period, { readonly ms: number; readonly resolution: MetricsResolution }>> = {
  '1h': { ms: HOUR_MS, resolution: 'minute' },
  '24h': { ms: 24 * HOUR_MS, resolution: 'minute' },
  '7d': { ms: 7 * 24 * HOUR_MS, resolution: 'hour' },
  '30d': { ms: 30 * 24 * HOUR_MS, resolution: 'hour' },
}
