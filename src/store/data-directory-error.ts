/** Why a data directory cannot be used. The programs print the message and end with exit code 1 (CONTRACT.md §8). */

/**
 * What is wrong with the directory. `taken`: another process has it; `unreadable`: it, or a file in it, cannot be
 * opened; `elsewhere`: its state is in PostgreSQL; `full`: a database is there, and the disk has no room to open it;
 * `newer`: written by a later version; `corrupt`: the database is damaged; `no-full-sync`: this build of SQLite does not
 * wait for the disk, so nothing could be acknowledged.
 */
export type DataDirectoryErrorKind =
  'taken' | 'unreadable' | 'elsewhere' | 'full' | 'newer' | 'corrupt' | 'no-full-sync'

/** A data directory that cannot be used. `message` is one sentence for people, and says what to do. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError'
  readonly kind: DataDirectoryErrorKind

  constructor(kind: DataDirectoryErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
