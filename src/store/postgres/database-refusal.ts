/** What keeps a database from being used. */
import { StoreError } from '../../cluster/ports/store.ts'
import { DatabaseError } from '../database-error.ts'
import { MoveError } from '../moving/move-error.ts'

/**
 * The error of a database that could not be opened, in a sentence without secrets; one that is such a sentence comes back as it is.
 * @param shown - the database as it is called in an error
 */
export const refusal = (shown: string, cause: unknown): unknown => {
  const isTold = cause instanceof DatabaseError || cause instanceof MoveError || cause instanceof StoreError
  if (isTold || !(cause instanceof Error)) return cause
  return new DatabaseError('unreachable', `the database ${shown} cannot be used (${cause.message})`, { cause })
}
