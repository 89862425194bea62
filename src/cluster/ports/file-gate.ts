/** Files as devices reach them over the port of the link, which is also that of their links. */
import type { Readable } from 'node:stream'
import type { FileWriting, StoredFile } from './files.ts'

/**
 * A device that transfers files. Whether it may is asked before a transfer and while one is under way: its task may be
 * cancelled meanwhile, or the device removed.
 */
export interface FileSession {
  readonly device_id: string
  /** True for what an unfinished task takes that is assigned to it. */
  mayRead(sha256: string): boolean
  /** True while an unfinished task that leaves files is assigned to it. */
  mayWrite(): boolean
  /** A file; undefined where it is not here. */
  stat(sha256: string): Promise<StoredFile | undefined>
  /** How many bytes of a broken transfer are here; 0 where none are. */
  partial(sha256: string): Promise<number>
  /** Its bytes from `start` on; undefined where it is not here. It counts as used now. */
  read(sha256: string, start: number): Promise<Readable | undefined>
  /**
   * Stores a file; resolves when it is on disk.
   * @throws FileError
   */
  write(writing: Omit<FileWriting, 'maxBytes'>): Promise<StoredFile>
}

/** Where devices come with files. */
export interface FileGate {
  /** The device of a credential; undefined where it is nobody's, or of a device that waits for its approval. */
  admit(credential: string): FileSession | undefined
}
