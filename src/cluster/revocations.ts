/** Credentials of devices that were removed: who has one joins anew only with a join token made since (CONTRACT.md §3). */
import type { JoinToken } from '../../schemas/index.ts'
import { hashSecret } from './identifiers.ts'
import type { Clock } from './ports/clock.ts'
import type { DeviceRecord } from './ports/records.ts'
import type { State } from './state.ts'
import type { Transaction } from './unit-of-work.ts'

/** So many are remembered; beyond it the oldest are forgotten, whose workers have ended long ago. */
const MOST_REVOCATIONS = 10_000

/** What is remembered of devices that were removed. */
export interface Revocations {
  /** Remembers the credential of a device that is removed. */
  revoke(tx: Transaction, device: DeviceRecord): void
  /** Whether a credential may join with a token: one that was made, or the node's own. */
  mayJoin(credential_hash: string, token: JoinToken | 'node'): boolean
}

/** The revocations of a state. `nodeToken`: the node's own join token. */
export const createRevocations = ({
  state,
  clock,
  nodeToken,
}: {
  readonly state: State
  readonly clock: Clock
  readonly nodeToken: string
}): Revocations => {
  const node_token_hash = hashSecret(nodeToken)
  return {
    revoke: (tx, { id, credential_hash }) => {
      const [oldest] = state.revocations.values()
      if (state.revocations.size >= MOST_REVOCATIONS && oldest !== undefined) tx.liftRevocation(oldest.credential_hash)
      tx.putRevocation({ credential_hash, device_id: id, removed_ms: clock.now(), node_token_hash })
    },
    mayJoin: (credential_hash, token) => {
      const revocation = state.revocations.get(credential_hash)
      if (revocation === undefined) return true
      if (token === 'node') return revocation.node_token_hash !== node_token_hash
      return Date.parse(token.created_at) > revocation.removed_ms
    },
  }
}
