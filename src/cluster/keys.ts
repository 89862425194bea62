/** API keys: made here, kept hashed, shown once. */
import type { Cluster } from './cluster.ts'
import { hashSecret, newKeyId, newSecret } from './identifiers.ts'
import { toInstant } from './instants.ts'
import type { Clock } from './ports/clock.ts'
import type { State } from './state.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** The operations on keys. */
export const createKeyOperations = (state: State, work: UnitOfWork, clock: Clock): Cluster['keys'] => ({
  authenticate: ({ secret_hash }) =>
    work.read(() => {
      for (const { key, secret_hash: known } of state.keys.values()) {
        // Hashes of 256 random bits: how long the comparison takes tells nothing of the secret.
        if (known !== secret_hash) continue
        return key.expires_at !== null && Date.parse(key.expires_at) <= clock.now() ? null : key
      }
      return null
    }),
  list: () => work.read(() => ({ keys: [...state.keys.values()].map(({ key }) => key) })),
  create: ({ name, scopes, expires_at }) =>
    work.run((tx) => {
      const secret = newSecret()
      const key = {
        id: newKeyId(),
        name,
        scopes,
        created_at: toInstant(clock.now()),
        expires_at: expires_at ?? null,
        last_used_at: null,
      }
      tx.putKey({ key, secret_hash: hashSecret(secret) })
      return () => ({ key, secret })
    }),
})
