/** Why a backup cannot be made or restored. The programs print the message and end with exit code 1 (CONTRACT.md §8). */

/**
 * What stands in the way. `no-cluster`: there is nothing to back up in the directory; `elsewhere`: its state is in
 * PostgreSQL; `file-exists`: the backup would overwrite a file; `unwritable`: it cannot be written there; `no-backup`: the
 * file cannot be restored from; `directory-in-use`: the directory to restore into holds a cluster already.
 */
export type BackupErrorKind =
  'no-cluster' | 'elsewhere' | 'file-exists' | 'unwritable' | 'no-backup' | 'directory-in-use'

/** A backup that cannot be made or restored. `message` is one sentence for people, and says what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
  readonly kind: BackupErrorKind

  constructor(kind: BackupErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
