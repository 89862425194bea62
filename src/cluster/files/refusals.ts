/** Why a file was not stored, in the words of the contract. */
import { ClusterError } from '../errors.ts'
import { FileError, type FileStore, type FileWriting } from '../ports/files.ts'

/** What a body was refused for, with where in the request that shows. */
const invalid = (
  cause: FileError,
  issue: { in: 'query' | 'body'; path: string; message: string; allowed?: number[] },
) => new ClusterError('VALIDATION_ERROR', { reason: issue.message, issues: [issue] }, { cause })

/** The refusal that follows from an error of the port; any other error as it is. */
export const refusalOf = async (
  files: FileStore,
  writing: Omit<FileWriting, 'body'>,
  error: unknown,
): Promise<unknown> => {
  if (!(error instanceof FileError)) return error
  const { sha256, maxBytes } = writing
  const partial = sha256 === null ? 0 : await files.partial(sha256)
  switch (error.kind) {
    case 'mismatch':
      return invalid(error, { in: 'query', path: '/sha256', message: 'the content has another SHA-256 than was named' })
    case 'offset':
      return invalid(error, {
        in: 'query',
        path: '/offset',
        message: `must be where the last transfer broke off: at ${partial}`,
        allowed: [partial],
      })
    case 'broken_off':
      return invalid(error, { in: 'body', path: '', message: `broke off; ${partial} bytes of the file are here` })
    case 'too_large':
      return new ClusterError('PAYLOAD_TOO_LARGE', { limit_bytes: maxBytes }, { cause: error })
    case 'full':
      return new ClusterError('STORAGE_FULL', {}, { cause: error })
  }
}
