/** Who a key belongs to. */
import { hash as digest, timingSafeEqual } from 'node:crypto'
import { type ApiKey, scopes } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'

/** Knows keys. */
export type Authenticator = {
  /** Tells whose a secret is; null where it is nobody's. */
  readonly authenticate: (secret: string) => Promise<ApiKey | null>
  /** Calls `ended` when a key that `authenticate` named ends: it was removed, or has expired. Returns what stops watching. */
  readonly watch: (key: ApiKey, ended: () => void) => () => void
}

/**
 * SHA-256. A slow hash protects passwords, which can be guessed; our keys are 256 random bits, which cannot, and hashing
 * slowly on every request would only be a way to keep the server busy.
 */
const hashOf = (secret: string): Buffer => digest('sha256', secret, 'buffer')

/**
 * The id of a key that was given by `--api-key`: the same wherever it stands on the command line, and after a restart, since
 * the log of who did what and the answers under idempotency keys go by it. 32 bits of a hash tell keys apart, no more.
 */
export const staticKeyId = (secret: string): string => `api-key-${hashOf(`id of ${secret}`).toString('hex', 0, 4)}`

/** The keys of `--api-key`. They hold every scope, and live as long as the process. */
export const staticKeys = (secrets: readonly string[]): Authenticator => {
  const created_at = new Date().toISOString()
  const known = secrets.map((secret) => ({
    hash: hashOf(secret),
    key: {
      id: staticKeyId(secret),
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
    watch: () => () => undefined,
  }
}

/** How often the clock is looked at for an end that is far away: it may be set, and Node's timers hold 24.8 days at most. */
const LONGEST_LOOK_MS = 600_000

/** Calls `act` when the wall clock has reached an instant, epoch milliseconds. Returns what cancels it. */
const whenReached = (at_ms: number, act: () => void): (() => void) => {
  let timer: NodeJS.Timeout | undefined
  const look = () => {
    const leftMs = at_ms - Date.now()
    if (leftMs <= 0) act()
    else timer = setTimeout(look, Math.min(leftMs, LONGEST_LOOK_MS)).unref()
  }
  look()
  return () => clearTimeout(timer)
}

/** The keys that the cluster keeps. It gets the hash alone, so that no secret crosses the link. */
export const clusterKeys = ({ keys }: Pick<Cluster, 'keys'>): Authenticator => {
  const watched = new Map<string, Set<() => void>>()
  const end = (key_id: string) => {
    for (const ended of watched.get(key_id) ?? []) ended()
  }
  const review = async () => {
    if (watched.size === 0) return
    // What can't be asked for is taken to be gone: who holds a key that is not comes back at once.
    const { keys: kept } = await keys.list().catch(() => ({ keys: [] }))
    for (const key_id of watched.keys()) if (!kept.some(({ id }) => id === key_id)) end(key_id)
  }
  keys.onRemoved((key_id) => {
    if (key_id === null) void review()
    else end(key_id)
  })

  return {
    authenticate: (secret) => keys.authenticate({ secret_hash: hashOf(secret).toString('hex') }),
    watch: ({ id, expires_at }, ended) => {
      const watchers = watched.get(id) ?? new Set()
      watched.set(id, watchers.add(ended))
      const cancel = expires_at === null ? () => undefined : whenReached(Date.parse(expires_at), ended)
      return () => {
        cancel()
        watchers.delete(ended)
        if (watchers.size === 0) watched.delete(id)
      }
    },
  }
}

/** Asks one after the other; the first that knows the secret answers. */
export const firstOf = (...authenticators: readonly Authenticator[]): Authenticator => {
  const issuers = new WeakMap<ApiKey, Authenticator>()
  return {
    authenticate: async (secret) => {
      for (const authenticator of authenticators) {
        const key = await authenticator.authenticate(secret)
        if (key === null) continue
        issuers.set(key, authenticator)
        return key
      }
      return null
    },
    watch: (key, ended) => issuers.get(key)?.watch(key, ended) ?? (() => undefined),
  }
}
