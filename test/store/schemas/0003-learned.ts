/** Schema 3 brought no rows: it put `learned` into the devices that were there. Frozen. */
import type { Test } from 'tap'
import { nothingLearned } from '../../../src/cluster/learned.ts'
import type { Store } from '../../../src/cluster/ports/store.ts'
import type { Rows } from './rows.ts'

export const rows: Rows = {}

/** All of it is there. */
export const check = async (t: Test, store: Store): Promise<void> => {
  for (const { learned } of (await store.load()).devices) t.strictSame(learned, nothingLearned)
}
