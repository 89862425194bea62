/** Counting that holds over all nodes: it is done by the one that schedules. */

/** What was counted in the window of a key, and how long it lasts still, in milliseconds. */
export type Counted = { readonly total: number; readonly leftMs: number }

/** Adds to what was counted under a key; where no window is open, in a new one. */
export type Count = (key: string, amount: number, lengthMs: number) => Counted | Promise<Counted>
