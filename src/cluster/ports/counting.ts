/** Counting in windows of time, which may have to hold over several nodes: then it is done by the one that schedules. */

/** What was counted in the window of a key, and how long it lasts still, in milliseconds. */
export type Counted = { readonly total: number; readonly leftMs: number }

/**
 * Adds to what was counted under a key; where no window is open, in a new one, which is as long as all others. It may reject
 * where it is counted elsewhere; `sharedCount` makes one that does not.
 */
export type Count = (key: string, amount: number, lengthMs: number) => Counted | Promise<Counted>
