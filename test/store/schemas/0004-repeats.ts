/** Schema 4 brought no rows: it noted beside each task which one it repeats. Frozen. */
import type { Test } from 'tap'
import type { Store } from '../../../src/cluster/ports/store.ts'
import type { Rows } from './rows.ts'

export const rows: Rows = {}

/** It can be asked for. */
export const check = async (t: Test, store: Store): Promise<void> => {
  t.strictSame(await store.unrepeated('batch-1', 0, 10), [], 'its only task waits')
}
