/** What schema 2 brought, as its own code wrote it. Frozen. */
import type { Test } from 'tap'
import type { Store } from '../../../src/cluster/ports/store.ts'
import type { Rows } from './rows.ts'

export const rows: Rows = {
  idempotency: [
    {
      caller: 'anonymous',
      path: '/tasks',
      key: 'key-of-the-client',
      at_ms: 1_795_521_600_000,
      body_hash: 'ef'.repeat(32),
      answer: { task_id: 'task-1', assigned_device: null, estimated_completion: null },
    },
  ],
}

/** All of it is there. */
export const check = async (t: Test, store: Store): Promise<void> => {
  const kept = await store.keptAnswer({ caller: 'anonymous', path: '/tasks', key: 'key-of-the-client' })
  t.match(kept, { body_hash: 'ef'.repeat(32), answer: { task_id: 'task-1' } })
}
