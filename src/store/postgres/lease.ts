/**
 * The lease: which node may write. It stands in the row of `head`: a holder, a term, and until when it holds, by the
 * database's clock. Every write bears its term. An advisory lock would stay with a holder that is stopped or cut off.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../../cluster/ports/log.ts'
import { DatabaseError } from '../database-error.ts'
import type { Run } from './run.ts'

/** How often a node that writes nothing else prolongs its lease, milliseconds. */
export const RENEW_MS = 1000
/** As long the lease holds without that, by the clock of the database, milliseconds (migration 1). */
export const LEASE_MS = 4000
/** How often a node that waits for a lease looks whether it is over, milliseconds. */
const LOOK_MS = 200

/** What a holder knows of its lease. */
export type Lease = {
  /** What each of its writes bears; another one after each connection, so that a lost one can write nothing any more. */
  readonly term: number
  /** The number of the last commit. */
  readonly commits: number
}

const taken = `
  UPDATE head SET holder = $1, term = term + 1, until = clock_timestamp() + interval '4 seconds'`

const isFree = 'holder IS NULL OR until < clock_timestamp()'

/** Takes the lease where nobody has it; undefined where somebody does. */
export const tryLease = async (run: Run, holder: string): Promise<Lease | undefined> =>
  (await run<Lease>(`${taken} WHERE ${isFree} RETURNING term, commits`, [holder])).rows[0]

/**
 * Tries again and again until it succeeds: the lease of a node which was killed is waited for, as it is over within 4 s.
 * @param attempt - undefined as long as the lease is held
 * @throws DatabaseError `taken` where its holder lives
 */
const onceFree = async <T>(
  run: Run,
  shown: string,
  attempt: () => Promise<T | undefined>,
  waiting: () => void,
): Promise<T> => {
  let seen: string | undefined
  for (;;) {
    const got = await attempt()
    if (got !== undefined) return got
    const { rows } = await run<{ until: string }>(`SELECT holder || ' ' || until::text AS until FROM head`)
    const until = rows[0]?.until
    // Prolonged while it was looked at: its holder lives.
    if (seen !== undefined && until !== undefined && until !== seen)
      throw new DatabaseError(
        'taken',
        `the database ${shown} is in use by another node: stop that one, or name another database`,
      )
    if (seen === undefined) waiting()
    seen = until
    await pause(LOOK_MS)
  }
}

/**
 * Takes the lease for a program that has the database to itself. That of a node which was killed is waited for.
 * @param holder - a name that no other process ever has
 * @throws DatabaseError `taken` where its holder lives
 */
export const takeLease = (run: Run, holder: string, shown: string, log: Log): Promise<Lease> =>
  onceFree(
    run,
    shown,
    () => tryLease(run, holder),
    () => log.info({ database: shown }, 'waiting until the lease of the node before is over'),
  )

/**
 * Waits until no node has the lease, and takes nothing.
 * @throws DatabaseError `taken` where its holder lives
 */
export const awaitFree = async (run: Run, shown: string): Promise<void> => {
  await onceFree(
    run,
    shown,
    async () => (await run<{ free: boolean }>(`SELECT true AS free FROM head WHERE ${isFree}`)).rows[0],
    () => undefined,
  )
}

/**
 * Takes it anew on another connection; undefined where another node has it. It waits for what the lost connection still
 * does: the row is locked until that is written or undone, and after it nothing of the old term is written.
 */
export const retakeLease = async (run: Run, holder: string): Promise<Lease | undefined> =>
  (await run<Lease>(`${taken} WHERE holder = $1 RETURNING term, commits`, [holder])).rows[0]

/** Prolongs it. A renewal that a crash of the database forgets does no harm, so that no disk is waited for. */
export const renewLease = async (run: Run, term: number): Promise<void> => {
  // Several statements that are sent together are one transaction.
  await run(`SET LOCAL synchronous_commit = off; SELECT hold_lease(${term})`)
}

/**
 * Begins a new epoch, as what was numbered in this one is not all there any more: streams that resume are told so, and devices are
 * asked anew what they run.
 */
export const raiseEpoch = async (run: Run, term: number): Promise<void> => {
  // Several statements that are sent together are one transaction.
  await run(`SELECT hold_lease(${term});
    UPDATE meta SET value = greatest(value + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
      WHERE name = 'epoch'`)
}

/** Lets others in. */
export const releaseLease = async (run: Run, term: number): Promise<void> => {
  await run('UPDATE head SET holder = NULL WHERE term = $1', [term])
}
