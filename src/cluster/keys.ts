/** API keys: made here, kept hashed, shown once. */
import { type ApiKey, MOST_KEYS } from '../../schemas/index.ts'
import type { KeyOperations } from './cluster.ts'
import { ClusterError } from './errors.ts'
import { hashSecret, newKeyId, newKeySecret } from './identifiers.ts'
import { toInstant } from './instants.ts'
import type { Clock } from './ports/clock.ts'
import type { Log } from './ports/log.ts'
import type { State } from './state.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** A use is written this long after the last one that was: a busy key costs a write a minute, not one a request. */
const USE_NOTED_MS = 60_000

const invalid = (path: string, message: string) =>
  new ClusterError('VALIDATION_ERROR', {
    reason: `${path.slice(1)} ${message}`.trimStart(),
    issues: [{ in: 'body', path, message }],
  })

/** What the operations work with. */
export type KeyContext = {
  readonly state: State
  readonly work: UnitOfWork
  readonly clock: Clock
  readonly log: Log
}

/** The operations on keys. */
export const createKeyOperations = ({ state, work, clock, log }: KeyContext): KeyOperations => {
  const listeners = new Set<(key_id: string) => void>()
  /** When a use was last noted, or tried to be, by the monotonic clock. */
  const noted = new Map<string, number>()

  const holds = ({ expires_at }: ApiKey) => expires_at === null || Date.parse(expires_at) > clock.now()
  const administers = (key: ApiKey) => key.scopes.includes('admin') && holds(key)

  /** Nobody waits for it: a disk that is full must not shut the door to those who could make room. */
  const noteUse = ({ id }: ApiKey) => {
    if (clock.monotonic() - (noted.get(id) ?? -Infinity) < USE_NOTED_MS) return
    noted.set(id, clock.monotonic())
    work
      .run((tx) => {
        const record = state.keys.get(id)
        if (record !== undefined) tx.putKey({ ...record, key: { ...record.key, last_used_at: toInstant(clock.now()) } })
        return () => undefined
      })
      .catch((error: unknown) => log.warn({ err: error, key_id: id }, 'the use of a key could not be noted'))
  }

  return {
    authenticate: ({ secret_hash }) =>
      work.read(() => {
        // Hashes of 256 random bits: how long it takes to find one tells nothing of the secret.
        const key = state.keyOf(secret_hash)?.key
        if (key === undefined || !holds(key)) return null
        noteUse(key)
        return key
      }),
    list: () =>
      work.read(() => {
        const keys = [...state.keys.values()].map(({ key }) => key)
        return { keys: keys.sort((a, b) => (a.created_at < b.created_at ? -1 : 1)) }
      }),
    create: ({ name, scopes, expires_at }) =>
      work.run((tx) => {
        const now = clock.now()
        if (state.keys.size >= MOST_KEYS)
          throw invalid('', `there are ${MOST_KEYS} keys, as many as a cluster keeps; remove some`)
        // A leap second passes the schema, and is no instant that a clock here would reach.
        const expires_ms = expires_at === undefined ? null : Date.parse(expires_at)
        if (expires_ms !== null && !(expires_ms > now)) throw invalid('/expires_at', 'must be an instant to come')
        const secret = newKeySecret()
        const key = {
          id: newKeyId(),
          name,
          scopes,
          created_at: toInstant(now),
          expires_at: expires_ms === null ? null : toInstant(expires_ms),
          last_used_at: null,
        }
        tx.putKey({ key, secret_hash: hashSecret(secret) })
        return () => ({ key, secret })
      }),
    remove: ({ key_id }) =>
      work.run((tx) => {
        const record = state.keys.get(key_id)
        if (record === undefined) throw new ClusterError('NOT_FOUND', { path: `/api/v1/keys/${key_id}` })
        const others = [...state.keys.values()].filter(({ key }) => key.id !== key_id)
        if (administers(record.key) && !others.some(({ key }) => administers(key)))
          throw new ClusterError('PERMISSION_DENIED', {
            reason: `${key_id} is the last key with the scope admin; make another one first`,
          })
        tx.removeKey(key_id)
        tx.after(() => {
          noted.delete(key_id)
          for (const listener of listeners) listener(key_id)
        })
        return () => ({ removed_key: key_id })
      }),
    onRemoved: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
