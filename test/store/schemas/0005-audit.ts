/** What schema 5 brought, as its own code wrote it. Frozen. */
import type { Test } from 'tap'
import type { Store } from '../../../src/cluster/ports/store.ts'
import type { Rows } from './rows.ts'

const at_ms = 1_795_521_600_000

export const rows: Rows = {
  audit: [
    {
      sequence: 8,
      at_ms,
      key_id: 'key-1',
      operation: 'submitTask',
      entry: {
        sequence: 8,
        timestamp: '2026-11-24T12:00:00.000Z',
        key_id: 'key-1',
        address: '192.0.2.7',
        operation: 'submitTask',
        target: null,
        outcome: 201,
        details: { request_id: 'request-1' },
        hash: 'a1'.repeat(32),
      },
    },
  ],
  audit_anchor: [{ id: 1, sequence: 7, hash: '0'.repeat(64) }],
}

/** The chain goes on from there. */
export const check = async (t: Test, store: Store): Promise<void> => {
  t.match(await store.audit({ key_id: 'key-1' }, { limit: 10 }), [{ at_ms, entry: { sequence: 8, outcome: 201 } }])
  t.match(await store.auditAnchor(), { sequence: 7 })
  t.match((await store.load()).auditHead, { sequence: 8, hash: 'a1'.repeat(32) })
}
