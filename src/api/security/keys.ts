/** Who a key belongs to. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { type ApiKey, scopes } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'

/** Tells whose a secret is; null where it is nobody's. */
export type Authenticator = { readonly authenticate: (secret: string) => Promise<ApiKey | null> }

/**
 * SHA-256. A slow hash protects passwords, which can be guessed; our keys are 256 random bits, which cannot, and hashing
 * slowly on every request would only be a way to keep the server busy.
 */
const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/** The keys of `--api-key`. They hold every scope, and live as long as the process. */
export const staticKeys = (secrets: readonly string[]): Authenticator => {
  const created_at = new Date().toISOString()
  const known = secrets.map((secret, index) => ({
    hash: hashOf(secret),
    key: {
      id: `api-key-${index + 1}`,
      name: 'given by --api-key',
      scopes: [...scopes],
      created_at,
      expires_at: null,
      last_used_at: null,
    } satisfies ApiKey,
  }))
  return {
    authenticate: (secret) => {
      const hash = hashOf(secret)
      // All are compared, each in constant time: the answer's time tells nothing of which one was near.
      const [match] = known.filter((candidate) => timingSafeEqual(candidate.hash, hash))
      return Promise.resolve(match?.key ?? null)
    },
  }
}

/** The keys that the cluster keeps. It gets the hash alone, so that no secret crosses the link. */
export const clusterKeys = (cluster: Pick<Cluster, 'keys'>): Authenticator => ({
  authenticate: (secret) => cluster.keys.authenticate({ secret_hash: hashOf(secret).toString('hex') }),
})

/** Asks one after the other; the first that knows the secret answers. */
export const firstOf = (...authenticators: readonly Authenticator[]): Authenticator => ({
  authenticate: async (secret) => {
    for (const { authenticate } of authenticators) {
      const key = await authenticate(secret)
      if (key !== null) return key
    }
    return null
  },
})
