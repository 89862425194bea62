/** What schema 6 brought, as its own code wrote it. Frozen. */
import type { Test } from 'tap'
import type { Store } from '../../../src/cluster/ports/store.ts'
import type { Rows } from './rows.ts'

const record = {
  token: {
    id: 'join-1',
    tags: ['lab'],
    role: 'mobile',
    auto_approve: true,
    created_at: '2026-11-24T12:00:00.000Z',
    expires_at: '2026-11-25T12:00:00.000Z',
    max_uses: 30,
    uses: 15,
  },
  secret_hash: 'b2'.repeat(32),
}

const revocation = {
  credential_hash: 'c3'.repeat(32),
  device_id: 'tablet',
  removed_ms: 1_795_521_600_000,
  node_token_hash: 'd4'.repeat(32),
}

export const rows: Rows = { join_tokens: [{ id: 'join-1', record }], revocations: [revocation] }

/** Who may join, and who may not, is known. */
export const check = async (t: Test, store: Store): Promise<void> => {
  const { joinTokens, revocations } = await store.load()
  t.strictSame(joinTokens, [record])
  t.strictSame(revocations, [revocation])
}
