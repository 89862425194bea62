/** Why the state cannot be moved. The programs print the message and end with exit code 1 (CONTRACT.md §8). */

/**
 * What stands in the way. `no-cluster`: there is nothing to move; `unfit`: the source was not written by this version, or is
 * damaged; `not-empty`: the target holds a cluster; `another`: the target holds a part of another source; `changed`: the source
 * was written to meanwhile; `differs`: the copy is not equal to it; `unwritable`: a file cannot be copied.
 */
export type MoveErrorKind = 'no-cluster' | 'unfit' | 'not-empty' | 'another' | 'changed' | 'differs' | 'unwritable'

/** A state that cannot be moved. `message` is one sentence for people, says what to do, and bears no password. */
export class MoveError extends Error {
  override readonly name = 'MoveError'
  readonly kind: MoveErrorKind

  constructor(kind: MoveErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

/** The refusal of a target that was begun from something else. @param remedy - how what is there is removed */
export const begunFromAnother = (shown: string, remedy: string): MoveError =>
  new MoveError(
    'another',
    `${shown} holds a part of another cluster, or of this one before it ran again: ${remedy}, and move it anew`,
  )

/** The refusal of a target that holds a cluster. */
export const notEmpty = (shown: string, remedy: string): MoveError =>
  new MoveError('not-empty', `${shown} holds a cluster already: ${remedy}`)
