/** What the database takes on the disk: pages in use, and free ones, which are filled again or given back. */
import type { DatabaseSync } from 'node:sqlite'

/** Free pages that stay for what comes next: 4 MiB, or an eighth of the file where that is more. */
const KEPT_PAGES = 1024
const KEPT_SHARE = 1 / 8
/** Pages that one transaction gives back at most: moved from the end of the file, 1 MiB is some 10 ms of a slow disk. */
const AT_A_TIME = 256

/** The space of a database. */
export type Space = {
  /** Bytes of its pages that are in use. */
  used(): number
  /**
   * Gives some of its free pages back to the disk: those beyond what is kept for reuse, or all of them. Call it inside a
   * transaction. Returns true where more is left. One that was made without `auto_vacuum` gives nothing back.
   */
  giveBack(which: 'spare' | 'all'): boolean
}

/** Reads the space of a database. */
export const spaceOf = (db: DatabaseSync): Space => {
  const read = (pragma: string): (() => number) => {
    const statement = db.prepare(`PRAGMA ${pragma}`)
    return () => Number(Object.values(statement.get() ?? {})[0])
  }
  const pages = read('page_count')
  const free = read('freelist_count')
  const pageBytes = read('page_size')()
  // https://www.sqlite.org/pragma.html#pragma_auto_vacuum: 2 is incremental.
  const isShrinkable = read('auto_vacuum')() === 2

  return {
    used: () => (pages() - free()) * pageBytes,
    giveBack: (which) => {
      if (!isShrinkable) return false
      const kept = which === 'all' ? 0 : Math.max(KEPT_PAGES, pages() * KEPT_SHARE)
      const surplus = Math.floor(free() - kept)
      if (surplus <= 0) return false
      db.exec(`PRAGMA incremental_vacuum(${Math.min(surplus, AT_A_TIME)})`)
      return surplus > AT_A_TIME
    },
  }
}
