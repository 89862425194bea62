/**
 * The one way to change the state: mutate, append events, commit. All units of one turn of the event loop share a
 * transaction (group commit), and nobody is answered before it is on disk. A commit that fails takes the memory back. One
 * whose answer was lost leaves it in doubt: nothing is built on it, and nobody looks at it, until its outcome is known.
 */
import type { Deed, LogLevel } from '../../schemas/index.ts'
import { lineOf } from './audit-line.ts'
import { refusalOf, unavailable } from './away.ts'
import { changesOf, type CommitBatch, emptyBatch, isEmpty } from './commit-batch.ts'
import { ClusterError } from './errors.ts'
import type { Clock } from './ports/clock.ts'
import type { StoredEvent, TaskRecord } from './ports/records.ts'
import { type Outcome, StoreError, type Store } from './ports/store.ts'
import type { State } from './state.ts'
import { openTransaction, type Transaction } from './transaction.ts'

export type { Transaction } from './transaction.ts'

/** Runs units of work. */
export interface UnitOfWork {
  /**
   * Does `work`, and resolves when it is on disk. `work` returns what makes the answer; that is called at the end of the
   * turn, when the scheduler has had its say, and before anything else can change.
   * @throws whatever `work` throws (nothing is changed then), `STORAGE_FULL` where the disk is full, `CLUSTER_UNAVAILABLE`
   * where the store is away: nothing was changed, or its connection was lost meanwhile, and nobody knows yet
   */
  run<T>(work: (tx: Transaction) => () => T): Promise<T>
  /** The same for what nobody asked for: in whosever request it comes up, it is no deed of theirs. */
  runUnasked(work: (tx: Transaction) => void): Promise<undefined>
  /**
   * Looks at the state, and resolves when all that was seen is on disk.
   * @throws `CLUSTER_UNAVAILABLE` while it is in doubt
   */
  read<T>(look: () => T): Promise<T>
  /** Calls the scheduler at the end of this turn. */
  poke(): void
}

const asError = (error: unknown) =>
  error instanceof Error ? error : new Error('a value that is no error', { cause: error })

/** A store that is away is asked again so soon, milliseconds: what the scheduler had decided is decided anew then. */
const AGAIN_MS = 500

const rollBack = (undo: (() => void)[], mark = 0) => {
  while (undo.length > mark) undo.pop()?.()
}

/** What a unit of work needs. */
export type UnitOfWorkOptions = {
  readonly state: State
  readonly store: Store
  readonly clock: Clock
  /** The scheduler: what it does joins the batch. */
  readonly beforeCommit: (tx: Transaction) => void
  /** Before somebody looks at the state: what was told and is held is to be in it. */
  readonly beforeRead: () => void
  /** Sees the events of every commit and the tasks that it wrote, once they are on disk. */
  readonly published: (events: readonly StoredEvent[], tasks: ReadonlyMap<string, TaskRecord>) => void
  /** The least level that the cluster's log keeps. */
  readonly logLevel: () => LogLevel
  /** What somebody does with the unit that is begun, for the audit log; undefined for what nobody asked for. */
  readonly takeDeed: () => Deed | undefined
  /** The store can't be trusted again; the process must end. */
  readonly onBroken: (error: Error) => void
}

/** Runs units of work on a state and its store. */
export const createUnitOfWork = (options: UnitOfWorkOptions): UnitOfWork => {
  const { state, store, clock } = options
  let batch = emptyBatch()
  let flushDue = false
  let committing: Promise<void> | undefined
  /** The refusal of all that comes while the memory is in doubt. */
  let doubt: ClusterError | undefined

  const transaction = () => openTransaction(state, batch, clock, options.logLevel)

  const refusal = (error: unknown): Error => {
    if (error instanceof StoreError && error.kind === 'full')
      return new ClusterError('STORAGE_FULL', {}, { cause: error })
    const passing = refusalOf(error)
    if (passing instanceof ClusterError) return passing
    const broken = asError(error)
    options.onBroken(broken)
    return broken
  }

  /**
   * A commit has failed: who waits is told, and the memory is taken back. Where its answer was lost, that waits until it is
   * known what became of it, and everything is refused meanwhile.
   */
  const failed = async (full: CommitBatch, error: unknown): Promise<Outcome> => {
    // What was built on top of the lost batch goes first, in reverse order.
    const later = batch
    batch = emptyBatch()
    rollBack(later.undo)
    const reason = refusal(error)
    const away = error instanceof StoreError && error.kind === 'away' ? error : undefined
    if (away?.outcome === undefined) rollBack(full.undo)
    else doubt = unavailable(away)
    // The later answers are not even evaluated: what they would add has no commit to go into.
    for (const { reject } of [...full.callers, ...later.callers]) reject(reason)
    if (away?.outcome !== undefined) {
      const outcome = await away.outcome.catch((cause: unknown): Outcome => {
        // Deposed: the node that took its place knows, and this one answers nobody any more.
        if (!(cause instanceof StoreError && cause.kind === 'deposed')) options.onBroken(asError(cause))
        return 'lost'
      })
      doubt = undefined
      if (outcome === 'written') return outcome
      rollBack(full.undo)
    }
    if (away !== undefined) clock.after(AGAIN_MS, flushSoon)
    return 'lost'
  }

  const flush = async () => {
    flushDue = false
    const mark = batch.undo.length
    try {
      options.beforeCommit(transaction())
    } catch (error) {
      // A defect of the scheduler must not take the callers' work with it.
      rollBack(batch.undo, mark)
      options.onBroken(asError(error))
    }
    const full = batch
    batch = emptyBatch()
    const handOvers = full.callers.map(({ answer }) => answer())
    try {
      if (!isEmpty(full)) await store.commit(changesOf(full, (id) => state.counters.get(id)))
    } catch (error) {
      if ((await failed(full, error)) === 'lost') return
      // All that follows from it does, but for the answers: nobody waits for them any more.
      handOvers.length = 0
    }
    for (const effect of full.effects) {
      try {
        effect()
      } catch (error) {
        // It is on disk: whoever waits for it is told, whatever a defect of one effect is.
        options.onBroken(asError(error))
      }
    }
    if (full.events.length > 0) options.published(full.events, full.tasks)
    for (const handOver of handOvers) handOver()
  }

  const flushSoon = () => {
    if (flushDue) return
    flushDue = true
    clock.endOfTurn(() => {
      if (committing !== undefined) return
      committing = flush().finally(() => {
        committing = undefined
        // Units that came while the commit was under way form the next one.
        if (flushDue || batch.callers.length > 0) {
          flushDue = false
          flushSoon()
        }
      })
    })
  }

  const settled = <T>(answer: () => T): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const evaluate = () => {
        try {
          const value = answer()
          return () => resolve(value)
        } catch (error) {
          return () => reject(asError(error))
        }
      }
      batch.callers.push({ answer: evaluate, reject })
      flushSoon()
    })

  /** Does `work` in a transaction, and what follows; undone where it throws. */
  const within = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
    if (doubt !== undefined) return Promise.reject(doubt)
    const mark = batch.undo.length
    try {
      return work(transaction())
    } catch (error) {
      rollBack(batch.undo, mark)
      return Promise.reject(asError(error))
    }
  }

  return {
    run: (work) =>
      within((tx) => {
        const answer = work(tx)
        const deed = options.takeDeed()
        if (deed === undefined) return settled(answer)
        return settled(() => {
          const answered = answer()
          tx.audit(lineOf(deed, answered))
          return answered
        })
      }),
    runUnasked: (work) =>
      within((tx) => {
        work(tx)
        return settled(() => undefined)
      }),
    read: async (look) => {
      if (doubt !== undefined) throw doubt
      options.beforeRead()
      // Nothing is under way: what is seen is on disk.
      if (batch.callers.length === 0 && !flushDue && committing === undefined) return look()
      // A commit that failed has been taken back: what is there now is on disk.
      return settled(look).catch(() => {
        if (doubt !== undefined) throw doubt
        return look()
      })
    },
    poke: flushSoon,
  }
}
