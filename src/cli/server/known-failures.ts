/** Errors of the layers below, as sentences for the user of a program. */
import { ClusterError } from '../../cluster/errors.ts'
import { StoreError } from '../../cluster/ports/store.ts'
import { errorCodes } from '../../../schemas/errors.ts'
import { BackupError } from '../../store/backup-error.ts'
import { DatabaseError } from '../../store/database-error.ts'
import { DataDirectoryError } from '../../store/data-directory-error.ts'
import { MoveError } from '../../store/moving/move-error.ts'
import { asSentence, StartError, UsageError } from '../failure.ts'

/** The failure that an error of the node means for its user; any other error as it is. */
const failureOf = (error: unknown): unknown => {
  const isTold = [DataDirectoryError, BackupError, DatabaseError, MoveError, StoreError].some(
    (known) => error instanceof known,
  )
  if (isTold && error instanceof Error) return new StartError(asSentence(error.message), { cause: error })
  if (error instanceof ClusterError) {
    const reason = error.details.reason ?? error.details.issues?.[0]?.message ?? errorCodes[error.code].en
    return error.code === 'VALIDATION_ERROR'
      ? new UsageError(asSentence(reason), { cause: error })
      : new StartError(asSentence(reason), { cause: error })
  }
  return error
}

/** Runs a server; what it throws becomes a failure where it is known. */
export const worded = async <T>(server: () => Promise<T>): Promise<T> => {
  try {
    return await server()
  } catch (error) {
    throw failureOf(error)
  }
}
