/** One transaction: all of it, or nothing. */
import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../cluster/ports/store.ts'
import { asStoreError } from './sqlite-error.ts'

/** Runs `write` in one transaction. When it returns, with what `write` returned, what was written is on disk. */
export type Transact = <T>(write: () => T) => T

/**
 * Transactions on a connection, begun IMMEDIATE, so that none fails half-way for want of the lock.
 * A function that it returns throws {@link StoreError}, or what `write` threw, with nothing written. Once the store is
 * broken it stays so: PostgreSQL's fsync lesson (2018) is that a second fsync succeeds without having written anything.
 * @param before - runs before each of them, outside of it; what it throws counts as an error of the transaction
 */
export const transactions = (db: DatabaseSync, before: () => void = () => undefined): Transact => {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')
  let broken: StoreError | undefined

  const undo = (cause: unknown): unknown => {
    try {
      // After some errors SQLite has rolled back by itself.
      if (db.isTransaction) rollback.run()
      return asStoreError(cause)
    } catch (failure) {
      return new StoreError('broken', 'a transaction could not be undone', {
        cause: new AggregateError([failure, cause]),
      })
    }
  }

  return (write) => {
    if (broken !== undefined) throw broken
    try {
      before()
      begin.run()
      const result = write()
      commit.run()
      return result
    } catch (cause) {
      const error = undo(cause)
      if (error instanceof StoreError && error.kind === 'broken') broken = error
      throw error
    }
  }
}
