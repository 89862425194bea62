/** Files that somebody counts on between a look at them and the commit that names them: they are not removed meanwhile. */

/** Holds on files. */
export interface FileHolds {
  /** Keeps files from being removed. Resolves with what lets go of them, once no removal of one is under way. */
  hold(sha256: readonly string[]): Promise<() => void>
  /** Does `remove`, unless somebody holds the file: false then, else what `remove` resolves with. Who wants to hold it waits. */
  removing(sha256: string, remove: () => Promise<boolean>): Promise<boolean>
}

/** Nothing is held. */
export const createFileHolds = (): FileHolds => {
  const held = new Map<string, number>()
  const removals = new Map<string, Promise<unknown>>()

  const count = (sha256: string, by: 1 | -1) => {
    const left = (held.get(sha256) ?? 0) + by
    if (left === 0) held.delete(sha256)
    else held.set(sha256, left)
  }

  return {
    hold: async (files) => {
      for (const sha256 of files) count(sha256, 1)
      for (const sha256 of files) await removals.get(sha256)
      return () => {
        for (const sha256 of files) count(sha256, -1)
      }
    },
    removing: async (sha256, remove) => {
      if (held.has(sha256) || removals.has(sha256)) return false
      const removal = remove().finally(() => removals.delete(sha256))
      // Who waits for it looks himself whether the file is there.
      removals.set(
        sha256,
        removal.catch(() => undefined),
      )
      return removal
    },
  }
}
