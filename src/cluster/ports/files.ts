/** Where the bytes of files lie, as the domain sees it: found by the SHA-256 of what they contain. */
import type { Readable } from 'node:stream'

/** A file that is whole. */
export type StoredFile = {
  /** SHA-256, lower-case hexadecimal. */
  readonly sha256: string
  readonly bytes: number
  /** When it was stored, or last touched; epoch milliseconds. */
  readonly used_ms: number
}

/** A file that was written. */
export type WrittenFile = StoredFile & {
  /** False where it was here already, under whatever name it came: it takes no more room than before. */
  readonly isNew: boolean
}

/** What is written. */
export type FileWriting = {
  /** What it has to be; null: whatever comes. */
  readonly sha256: string | null
  /** How much of it is here already: what {@link FileStore.partial} says. */
  readonly offset: number
  readonly body: Readable
  /** No file may have more bytes. */
  readonly maxBytes: number
}

/** Why a file was not stored. */
export class FileError extends Error {
  override readonly name = 'FileError'
  /**
   * `mismatch`: its content is another than was named; `offset`: the beginning that was spoken of is not here; `too_large`;
   * `full`: no room; `broken_off`: the body ended with an error, and what came waits for the rest.
   */
  readonly kind: 'mismatch' | 'offset' | 'too_large' | 'full' | 'broken_off'
  constructor(kind: FileError['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

/** Files by their hashes. One that is there is whole, and on disk. */
export interface FileStore {
  /** A file; undefined where it is not here. */
  stat(sha256: string): Promise<StoredFile | undefined>
  /** How many bytes of a broken transfer are here; 0 where none are, or somebody is going on with it. */
  partial(sha256: string): Promise<number>
  /**
   * Writes a file while its body comes, never whole in memory; resolves when it is on disk (fsync of the file and its directory).
   * Of two that write the same at a time both succeed. A file that is here already counts as used, and its body is left unread;
   * none is closed, since under it is the connection that is to bear the answer.
   * @throws FileError nothing is left of it, but for `broken_off` and `offset`
   */
  write(writing: FileWriting): Promise<WrittenFile>
  /** Its bytes from `start` to before `end`; undefined where it is not here. */
  read(sha256: string, start: number, end?: number): Promise<Readable | undefined>
  /** Notes that these are used now; those that are not here are passed over. */
  touch(sha256: readonly string[]): Promise<void>
  /** Removes a file; harmless where it is not here. */
  remove(sha256: string): Promise<void>
  /** All files, in no order. */
  list(): AsyncIterable<StoredFile>
  /** All beginnings with the bytes that are here of them, in no order; used when the last of these came. */
  partials(): AsyncIterable<StoredFile>
  /** Removes a beginning; false where somebody is going on with it, or has since it was listed. */
  removePartial(partial: StoredFile): Promise<boolean>
  /** Bytes of its disk: all, and those that files may still take. */
  space(): Promise<{ readonly total: number; readonly free: number }>
}
