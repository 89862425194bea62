/**
 * A router that restarts is not fifty deaths: when most of the cluster falls silent at once, nothing is taken from anybody
 * for a while, as Kubernetes stops evicting pods when a whole zone is down (node-lifecycle controller, unhealthyZoneThreshold).
 * Pure.
 */

/** From this share of the devices on it is a mass (Kubernetes' default as well). */
const SHARE = 0.55
/** Fewer are not: two of three devices may well have died. */
const AT_LEAST = 3

/** A device as far as its silence goes. */
export type Silence = {
  /** Milliseconds since it fell silent; null where it does not. Goodbyes are no silence. */
  readonly silentForMs: number | null
  readonly isOnline: boolean
}

/** True where most of those that were online have fallen silent within one `windowMs`. */
export const isMassSilence = (devices: Iterable<Silence>, windowMs: number): boolean => {
  let silent = 0
  let present = 0
  for (const { silentForMs, isOnline } of devices) {
    const isRecent = silentForMs !== null && silentForMs <= windowMs
    if (isRecent) silent += 1
    if (isRecent || isOnline) present += 1
  }
  return silent >= AT_LEAST && silent >= SHARE * present
}
