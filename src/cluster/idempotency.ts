/**
 * Idempotency keys: a request that is sent again is answered as it was the first time, and does nothing more. After
 * draft-ietf-httpapi-idempotency-key-header-07. The answer is kept in the commit of what it tells of, so that no kill comes between.
 */
import { hash } from 'node:crypto'
import { canonicalJson } from './canonical.ts'
import type { Idempotency, Replayable } from './cluster.ts'
import { ClusterError } from './errors.ts'
import { HOUR_MS } from './periods.ts'
import type { Clock } from './ports/clock.ts'
import type { AnswerKey, KeptAnswer } from './ports/records.ts'
import type { Store } from './ports/store.ts'
import type { Transaction, UnitOfWork } from './unit-of-work.ts'

/** How long an answer is kept (CONTRACT.md §4). */
export const ANSWERS_KEPT_MS = 24 * HOUR_MS

/** What was asked, and under which key; without one it is simply done. */
export type Keyed = {
  readonly idempotency: Idempotency | undefined
  /** The path of the operation, below `/api/v1`. */
  readonly path: string
  readonly body: object
}

/** Runs a unit of work, and keeps its answer with it. */
export type RunKept<T> = (unit: (tx: Transaction) => () => T) => Promise<T>

/**
 * Does what was asked, once. `act` runs its one unit of work by what it is given; what it throws is not kept.
 * Errors: `IDEMPOTENCY_CONFLICT` where the key was used with another body, and those of `act`.
 */
export type Once = <T extends object>(asked: Keyed, act: (run: RunKept<T>) => Promise<T>) => Promise<Replayable<T>>

/** Equal bodies have equal hashes, in whatever order their fields came. */
const hashOf = (body: object): string => hash('sha256', canonicalJson(body))

/** Keys of this store. */
export const createOnce = ({ store, work, clock }: { store: Store; work: UnitOfWork; clock: Clock }): Once => {
  /** What is being done now, by key: resolves with what was kept, undefined where it was refused. */
  const underWay = new Map<string, Promise<KeptAnswer | undefined>>()

  const keptUnder = async (key: AnswerKey): Promise<KeptAnswer | undefined> => {
    const kept = await store.keptAnswer(key)
    return kept !== undefined && clock.now() - kept.at_ms < ANSWERS_KEPT_MS ? kept : undefined
  }

  return async <T extends object>({ idempotency, path, body }: Keyed, act: (run: RunKept<T>) => Promise<T>) => {
    if (idempotency === undefined) return act(work.run)
    const { caller, key } = idempotency
    const answerKey: AnswerKey = { caller, path, key }
    const body_hash = hashOf(body)

    const replay = (first: KeptAnswer): Replayable<T> => {
      if (first.body_hash !== body_hash) throw new ClusterError('IDEMPOTENCY_CONFLICT')
      // An operation answers in one shape only, and the path stands for the operation.
      return { ...(first.answer as T), replayed: true }
    }

    const name = JSON.stringify([caller, path, key])
    for (let first = underWay.get(name); first !== undefined; first = underWay.get(name)) {
      const kept = await first
      if (kept !== undefined) return replay(kept)
    }

    // Nothing was awaited since nobody was found before us.
    let kept: KeptAnswer | undefined
    const answer = async (): Promise<Replayable<T>> => {
      kept = await keptUnder(answerKey)
      if (kept !== undefined) return replay(kept)
      return act((unit) =>
        work.run((tx) => {
          const make = unit(tx)
          return () => {
            const made = make()
            kept = { ...answerKey, at_ms: clock.now(), body_hash, answer: made }
            tx.keepAnswer(kept)
            return made
          }
        }),
      )
    }
    const answered = answer()
    underWay.set(
      name,
      answered.then(
        () => kept,
        () => undefined,
      ),
    )
    try {
      return await answered
    } finally {
      underWay.delete(name)
    }
  }
}
