/** Things that a caller may hold a number of at a time. */

/** Gives a slot back; harmless when called again. */
export type Release = () => void

/** The slots of all callers. */
export interface Slots {
  /** How many a caller holds. */
  held(caller: string): number
  /** Takes one; null where the caller holds as many as it may. */
  take(caller: string): Release | null
}

/** Nobody holds any yet. Only callers that hold some are remembered. */
export const createSlots = (limit: number): Slots => {
  const counts = new Map<string, number>()
  const held = (caller: string) => counts.get(caller) ?? 0

  return {
    held,
    take: (caller) => {
      if (held(caller) >= limit) return null
      counts.set(caller, held(caller) + 1)
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        if (held(caller) > 1) counts.set(caller, held(caller) - 1)
        else counts.delete(caller)
      }
    },
  }
}
