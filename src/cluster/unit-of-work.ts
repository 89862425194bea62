/**
 * The one way to change the state: mutate, append events, commit. All units of one turn of the event loop share a
 * transaction (group commit), and nobody is answered before it is on disk. A commit that fails takes the memory back. One
 * whose answer was lost leaves it in doubt: nothing is built on it, and nobody looks at it, until its outcome is known.
 */
import type { ConfigPatch, Deed, LogEntry, LogLevel, MonitorEvent } from '../../schemas/index.ts'
import { logLevels } from '../../schemas/index.ts'
import { chained } from './audit-chain.ts'
import { type AuditLine, lineOf } from './audit-line.ts'
import { unavailable } from './away.ts'
import { changesOf, type CommitBatch, emptyBatch, isEmpty } from './commit-batch.ts'
import { ClusterError } from './errors.ts'
import { toInstant } from './instants.ts'
import type { Clock } from './ports/clock.ts'
import type {
  DeviceRecord,
  JoinTokenRecord,
  KeptAnswer,
  KeyRecord,
  MetricsResolution,
  MetricsRow,
  RevocationRecord,
  StoredEvent,
  TaskRecord,
} from './ports/records.ts'
import { type Outcome, StoreError, type Store } from './ports/store.ts'
import type { State } from './state.ts'

/** What a unit of work can do. Everything in it is undone together. */
export interface Transaction {
  putTask(record: TaskRecord): void
  putDevice(record: DeviceRecord): void
  removeDevice(device_id: string): void
  /** Counts an ended task of a device. */
  countTask(device_id: string, status: 'completed' | 'failed'): void
  putKey(record: KeyRecord): void
  removeKey(key_id: string): void
  putJoinToken(record: JoinTokenRecord): void
  removeJoinToken(join_id: string): void
  putRevocation(record: RevocationRecord): void
  liftRevocation(credential_hash: string): void
  putConfig(patch: ConfigPatch): void
  putMetrics(resolution: MetricsResolution, row: MetricsRow): void
  /** Keeps an answer under its idempotency key. It may be called as the answer is made: that is before the commit. */
  keepAnswer(answer: KeptAnswer): void
  /** Appends a line to the audit log. It may be called as the answer is made: that is before the commit. */
  audit(line: AuditLine): void
  /** Appends an event to the stream; its `timestamp` is put in here. */
  record(event: Unstamped<MonitorEvent>): void
  /** Appends a line to the cluster's log, and to the stream. */
  log(level: LogLevel, line: Omit<LogEntry, 'timestamp' | 'level'>): void
  /** Runs once the unit is on disk. */
  after(effect: () => void): void
  /** Runs where the unit is undone: it takes back what was changed beside the rows. */
  undone(effect: () => void): void
}

/** An event without its instant. */
export type Unstamped<E> = E extends { timestamp: string } ? Omit<E, 'timestamp'> : never

/** Runs units of work. */
export interface UnitOfWork {
  /**
   * Does `work`, and resolves when it is on disk. `work` returns what makes the answer; that is called at the end of the
   * turn, when the scheduler has had its say, and before anything else can change.
   * @throws whatever `work` throws (nothing is changed then), `STORAGE_FULL` where the disk is full, `CLUSTER_UNAVAILABLE`
   * where the store is away: nothing was changed, or its connection was lost meanwhile, and nobody knows yet
   */
  run<T>(work: (tx: Transaction) => () => T): Promise<T>
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
  /** Sees the events of every commit, once they are on disk. */
  readonly published: (events: readonly StoredEvent[]) => void
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

  /** Writes a row of the batch, and returns what restores the one before. */
  const put = <V>(rows: Map<string, V>, id: string, row: V) => {
    const had = rows.has(id)
    const before = rows.get(id)
    rows.set(id, row)
    return () => {
      if (had) rows.set(id, before as V)
      else rows.delete(id)
    }
  }

  const nextSequence = (undo: (() => void)[]) => {
    undo.push(() => (state.last.event -= 1))
    return (state.last.event += 1)
  }

  const append = <V>(rows: V[], row: V, undo: (() => void)[]) => {
    rows.push(row)
    undo.push(() => rows.pop())
  }

  const transaction = (): Transaction => {
    const { undo } = batch
    const current = batch
    return {
      putTask: (record) => {
        const { task_id } = record.task
        undo.push(put(current.tasks, task_id, record), state.tasks.set(task_id, record))
      },
      putDevice: (record) => undo.push(put(current.devices, record.id, record), state.devices.set(record.id, record)),
      removeDevice: (id) =>
        undo.push(
          put(current.devices, id, undefined),
          state.devices.set(id, undefined),
          state.counters.set(id, undefined),
        ),
      countTask: (device_id, status) => {
        const before = state.counters.get(device_id) ?? { device_id, completed: 0, failed: 0 }
        undo.push(state.counters.set(device_id, { ...before, [status]: before[status] + 1 }))
        current.counters.add(device_id)
      },
      putKey: (record) => undo.push(put(current.keys, record.key.id, record), state.keys.set(record.key.id, record)),
      removeKey: (id) => undo.push(put(current.keys, id, undefined), state.keys.set(id, undefined)),
      putJoinToken: (record) =>
        undo.push(put(current.joinTokens, record.token.id, record), state.joinTokens.set(record.token.id, record)),
      removeJoinToken: (id) => undo.push(put(current.joinTokens, id, undefined), state.joinTokens.set(id, undefined)),
      putRevocation: (record) =>
        undo.push(
          put(current.revocations, record.credential_hash, record),
          state.revocations.set(record.credential_hash, record),
        ),
      liftRevocation: (hash) =>
        undo.push(put(current.revocations, hash, undefined), state.revocations.set(hash, undefined)),
      putConfig: (patch) => {
        const { storedConfig } = state
        const before = current.config
        undo.push(() => {
          state.storedConfig = storedConfig
          current.config = before
        })
        state.storedConfig = patch
        current.config = patch
      },
      putMetrics: (resolution, row) => append(current.metrics, { resolution, row }, undo),
      keepAnswer: (answer) => append(current.kept, answer, undo),
      audit: (line) => {
        const before = state.auditHead
        const at_ms = clock.now()
        const entry = chained({ ...line, sequence: before.sequence + 1, timestamp: toInstant(at_ms) }, before.hash)
        undo.push(() => (state.auditHead = before))
        state.auditHead = { sequence: entry.sequence, hash: entry.hash }
        append(current.audit, { at_ms, entry }, undo)
      },
      record: (event) => {
        const stamped = { ...event, timestamp: toInstant(clock.now()) }
        append(current.events, { sequence: nextSequence(undo), event: stamped }, undo)
      },
      log: (level, line) => {
        if (logLevels.indexOf(level) < logLevels.indexOf(options.logLevel())) return
        const at_ms = clock.now()
        const timestamp = toInstant(at_ms)
        const sequence = nextSequence(undo)
        const { component, device_id, task_id, message } = line
        append(current.logs, { sequence, at_ms, entry: { timestamp, level, ...line } }, undo)
        const event: MonitorEvent = { type: 'log_entry', timestamp, level, component, device_id, task_id, message }
        append(current.events, { sequence, event }, undo)
      },
      after: (effect) => append(current.effects, effect, undo),
      undone: (effect) => undo.push(effect),
    }
  }

  const refusal = (error: unknown): Error => {
    if (error instanceof StoreError && error.kind === 'full')
      return new ClusterError('STORAGE_FULL', {}, { cause: error })
    if (error instanceof StoreError && error.kind === 'away') return unavailable(error)
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
        options.onBroken(asError(cause))
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
    if (full.events.length > 0) options.published(full.events)
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

  return {
    run: (work) => {
      if (doubt !== undefined) return Promise.reject(doubt)
      const mark = batch.undo.length
      try {
        const tx = transaction()
        const answer = work(tx)
        const deed = options.takeDeed()
        if (deed === undefined) return settled(answer)
        return settled(() => {
          const answered = answer()
          tx.audit(lineOf(deed, answered))
          return answered
        })
      } catch (error) {
        rollBack(batch.undo, mark)
        return Promise.reject(asError(error))
      }
    },
    read: async (look) => {
      if (doubt !== undefined) throw doubt
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
