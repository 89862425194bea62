/** Why a database server cannot be used. The programs print the message and end with exit code 1 (CONTRACT.md §8). */

/**
 * What is wrong with it. `taken`: another node has it; `unreachable`: it does not let this program in, or does not answer;
 * `newer`: written by a later version; `unfit`: too old a server, or one that keeps text in another encoding; `unfinished`: a
 * cluster is on its way to it; `beside`: it is new, and the data directory has a state of its own.
 */
export type DatabaseErrorKind = 'taken' | 'unreachable' | 'newer' | 'unfit' | 'unfinished' | 'beside'

/** A database that cannot be used. `message` is one sentence for people, says what to do, and bears no password. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
  readonly kind: DatabaseErrorKind

  constructor(kind: DatabaseErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
