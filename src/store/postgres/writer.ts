/**
 * The one connection that writes, and the lease under which it does. What is written goes one after another. Where the
 * connection is lost, another is made as soon as the database lets it, under a new term of the lease; what the lost one was
 * about to write is known then to be there, or never to come.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../../cluster/ports/log.ts'
import { type Outcome, StoreError } from '../../cluster/ports/store.ts'
import { connect, type Connection } from './connection.ts'
import { LEASE_MS, type Lease, raiseEpoch, releaseLease, RENEW_MS, renewLease, retakeLease } from './lease.ts'
import { asStoreError, awayError, behindError, deposedError, isPassing, LostConnection } from './postgres-error.ts'
import type { Answer, Run } from './run.ts'

/** After so long without an answer a connection counts as lost, milliseconds: a partition is told by nobody. */
const ANSWER_MS = 10_000
/** Between two attempts to reach the database, milliseconds: the second doubles the first, and so on, to the last. */
const BACKOFF_MS = { first: 50, most: 1000 } as const
/** So often what failed by circumstances (a deadlock) is tried again. */
const ATTEMPTS = 3

/** A name that no other process ever has. */
export const holderName = (): string => randomUUID()

/** The connection that writes. */
export type Writer = {
  /**
   * Writes one commit: `write` runs the statement with the lease's term and the number of the commit.
   * @throws StoreError as the port's `commit`
   */
  commit(write: (run: Run, term: number, number: number) => Promise<unknown>): Promise<void>
  /**
   * Runs `write` in a transaction that a deposed node cannot commit. It may be repeated: it writes nothing that depends on
   * how often.
   * @throws StoreError
   */
  transact<T>(write: (run: Run) => Promise<T>): Promise<T>
  /** True as long as no other node can have the lease, by the clock of this machine: it does not ask. */
  holds(): boolean
  /** Lets others in, and ends. */
  close(): Promise<void>
}

type Held = {
  readonly connection: Connection
  readonly run: Run
  term: number
  commits: number
  /** When that was asked which last prolonged the lease: it lasts for {@link LEASE_MS} from then on, or longer. */
  heldSinceMs: number
}

/** Rejects what is not answered in time, and drops the connection: nobody knows any more what it does. */
export const impatient =
  (connection: Connection, answerMs = ANSWER_MS): Run =>
  async <Row extends object>(...[text, values]: Parameters<Run>) => {
    const late = setTimeout(() => connection.drop(), answerMs)
    try {
      return (await connection.run<Row>(text, values)) satisfies Answer<Row>
    } finally {
      clearTimeout(late)
    }
  }

/**
 * Holds a connection whose lease was taken.
 * @param askedMs - when it was asked for, by `performance.now()`
 */
export const holding = (connection: Connection, { term, commits }: Lease, askedMs: number): Held => ({
  connection,
  run: impatient(connection),
  term,
  commits,
  heldSinceMs: askedMs,
})

/**
 * Writes under a lease that was taken on this connection by `holder`.
 * @param place - `shown`: the database as it is called in the log; `onBroken` hears once that nothing can be written any more
 */
export const openWriter = (
  {
    url,
    shown,
    holder,
    log,
    onBroken,
  }: {
    readonly url: string
    readonly shown: string
    readonly holder: string
    readonly log: Log
    readonly onBroken: (error: StoreError) => void
  },
  first: Held,
): Writer => {
  let held: Held | undefined
  let broken: StoreError | undefined
  let heldSinceMs = first.heldSinceMs
  /** The number of the last commit that was acknowledged. */
  let acknowledged = first.commits
  let isClosed = false
  const isOver = () => isClosed
  let queue: Promise<unknown> = Promise.resolve()

  /** One after another. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work)
    queue = turn.catch(() => undefined)
    return turn
  }

  const breakOff = (error: StoreError): StoreError => {
    if (broken !== undefined) return broken
    broken = error
    held?.connection.drop()
    held = undefined
    onBroken(error)
    return error
  }
  const isFinal = (error: unknown): error is StoreError =>
    error instanceof StoreError && (error.kind === 'broken' || error.kind === 'deposed')

  const adopt = (next: Held): void => {
    held = next
    void next.connection.gone.then(() => void back(next))
  }

  let returning: Promise<Held> | undefined
  /** The connection that takes the place of a lost one, made anew for as long as it takes. */
  const back = (lost: Held): Promise<Held> => {
    lost.connection.drop()
    if (held !== undefined && held !== lost) return Promise.resolve(held)
    held = undefined
    returning ??= reconnect()
    // Who waits for it is told; where nobody does, the next write is.
    returning.catch(() => undefined)
    return returning
  }

  const reconnect = async (): Promise<Held> => {
    if (broken === undefined && !isOver()) log.error({ database: shown }, 'the connection to the database is lost')
    for (let delayMs: number = BACKOFF_MS.first; ; delayMs = Math.min(delayMs * 2, BACKOFF_MS.most)) {
      // Full jitter: AWS Architecture Blog, "Exponential Backoff And Jitter" (2015).
      await pause(Math.random() * delayMs)
      if (broken !== undefined) throw broken
      // Nobody is left to be told.
      if (isOver()) return new Promise(() => undefined)
      let connection: Connection | undefined
      try {
        connection = await connect(url)
        const askedMs = performance.now()
        const lease = await retakeLease(impatient(connection), holder)
        if (lease === undefined) throw breakOff(deposedError())
        if (lease.commits < acknowledged) {
          await raiseEpoch(impatient(connection), lease.term)
          throw breakOff(behindError(acknowledged - lease.commits))
        }
        acknowledged = lease.commits
        const next = holding(connection, lease, askedMs)
        if (isOver()) throw new Error('it is being closed')
        // Before it is adopted: it may be gone already, and then another is made.
        returning = undefined
        heldSinceMs = askedMs
        adopt(next)
        log.info({ database: shown }, 'the database is back')
        return next
      } catch (error) {
        connection?.drop()
        if (isFinal(error)) throw error
        log.debug({ database: shown, err: error }, 'the database is not back yet')
      }
    }
  }

  /** The connection, where there is one. */
  const present = (): Held => {
    if (broken !== undefined) throw broken
    if (held === undefined) throw awayError(new Error('no connection'))
    return held
  }

  /** What an error means; a connection that failed is given up. */
  const meaningOf = (error: unknown, of: Held): unknown => {
    const known = asStoreError(error)
    if (!(known instanceof StoreError)) return known
    // One that refuses, as it has become a replica, may have another in its place: the address is followed again.
    if (known.kind === 'away') void back(of)
    return isFinal(known) ? breakOff(known) : known
  }

  const commitOnce: Writer['commit'] = async (write) => {
    const now = present()
    const number = now.commits + 1
    for (let attempt = 1; ; attempt += 1) {
      const askedMs = performance.now()
      try {
        await write(now.run, now.term, number)
        now.commits = number
        acknowledged = number
        heldSinceMs = askedMs
        return
      } catch (error) {
        if (isPassing(error) && attempt < ATTEMPTS) continue
        if (!(error instanceof LostConnection)) throw meaningOf(error, now)
        const outcome = back(now).then(({ commits }): Outcome => (commits === number ? 'written' : 'lost'))
        outcome.catch(() => undefined)
        throw awayError(error, outcome)
      }
    }
  }

  const transactOnce = async <T>(write: (run: Run) => Promise<T>): Promise<T> => {
    const now = present()
    for (let attempt = 1; ; attempt += 1) {
      try {
        await now.run('BEGIN')
        const askedMs = performance.now()
        await now.run('SELECT hold_lease($1)', [now.term])
        const result = await write(now.run)
        await now.run('COMMIT')
        heldSinceMs = askedMs
        return result
      } catch (error) {
        if (!(error instanceof LostConnection)) await now.run('ROLLBACK').catch(() => void back(now))
        if (isPassing(error) && attempt < ATTEMPTS) continue
        throw meaningOf(error, now)
      }
    }
  }

  const renew = async (): Promise<void> => {
    const askedMs = performance.now()
    if (held === undefined || askedMs - heldSinceMs < RENEW_MS / 2) return
    const now = held
    try {
      await renewLease(now.run, now.term)
      heldSinceMs = askedMs
    } catch (error) {
      const failure = meaningOf(error, now)
      // Where it is lost, `onBroken` has heard of it.
      log.debug({ database: shown, err: failure }, 'the lease could not be renewed')
    }
  }

  adopt(first)
  const renewing = setInterval(() => void inTurn(renew), RENEW_MS)
  renewing.unref()

  return {
    commit: (write) => inTurn(() => commitOnce(write)),
    transact: (write) => inTurn(() => transactOnce(write)),
    holds: () => broken === undefined && performance.now() - heldSinceMs < LEASE_MS,
    close: async () => {
      clearInterval(renewing)
      isClosed = true
      await inTurn(async () => {
        const last = held
        held = undefined
        if (last === undefined) return
        // Where it fails the lease ends by itself.
        await releaseLease(last.run, last.term).catch(() => undefined)
        await last.connection.end().catch(() => undefined)
      })
    },
  }
}
