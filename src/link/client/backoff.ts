/** How long an end of the link waits before it tries again to reach the node. */
import type { WorkerSettings } from '../../../schemas/link.ts'

/** The first delay is at most this long, milliseconds. */
const FIRST_DELAY_MS = 250

/** No delay is longer, whatever the settings say, milliseconds (DESIGN, "The link"). */
export const LONGEST_DELAY_MS = 10_000

/** The longest delay under these settings: 10 s, a quarter of `offline_threshold` or a third of `reconnect_grace`, whichever is least. */
export const longestDelayMs = ({ offline_threshold, reconnect_grace }: WorkerSettings): number =>
  Math.max(FIRST_DELAY_MS, Math.min(LONGEST_DELAY_MS, (offline_threshold * 1000) / 4, (reconnect_grace * 1000) / 3))

/**
 * Exponential backoff with full jitter: AWS Architecture Blog, "Exponential Backoff And Jitter" (2015).
 * @param failures - connections that failed in a row, from 0
 * @param longestMs - the bound of the delay, milliseconds
 * @param share - random, in [0, 1)
 */
export const backoffMs = (failures: number, longestMs: number, share: number): number =>
  share * Math.min(longestMs, FIRST_DELAY_MS * 2 ** Math.min(failures, 16))

/** The next of several nodes is dialled within so many milliseconds: the devices of one that is gone do not come all at once. */
export const HANDOVER_MS = 1000

/**
 * The delay before the next attempt. Each of several nodes has its turn, soon, before a delay is taken that grows with their rounds.
 * @param failures - connections that failed in a row, from 0
 * @param nodes - how many there are to dial
 * @param share - random, in [0, 1)
 */
export const retryMs = (
  { failures, nodes, longestMs }: { readonly failures: number; readonly nodes: number; readonly longestMs: number },
  share: number,
): number =>
  (failures + 1) % nodes === 0
    ? backoffMs(Math.floor(failures / nodes), longestMs, share)
    : share * Math.min(HANDOVER_MS, longestMs)
