/** What schema 7 brought, as its own code wrote it. Frozen. */
import type { Test } from 'tap'
import type { Store } from '../../../src/cluster/ports/store.ts'
import type { Rows } from './rows.ts'

const sha256 = 'e5'.repeat(32)

/** The first task of schema 1 waits. */
export const rows: Rows = { task_artifacts: [{ sha256, sequence: 1 }] }

/** The file that it takes is known to be named. */
export const check = async (t: Test, store: Store): Promise<void> => {
  t.strictSame(await store.namedSince([sha256, 'f6'.repeat(32)], Number.MAX_SAFE_INTEGER), [sha256])
}
