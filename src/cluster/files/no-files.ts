/** A place for files that has none and takes none: of a node that serves nobody. */
import { FileError, type FileStore } from '../ports/files.ts'

/** The place. */
export const noFiles: FileStore = {
  stat: () => Promise.resolve(undefined),
  partial: () => Promise.resolve(0),
  write: () => Promise.reject(new FileError('full', 'there is no place for files here')),
  read: () => Promise.resolve(undefined),
  touch: () => Promise.resolve(),
  remove: () => Promise.resolve(),
  async *list() {
    // There are none.
  },
  async *partials() {
    // Nor any beginning.
  },
  removePartial: () => Promise.resolve(false),
  space: () => Promise.resolve({ total: 0, free: 0 }),
}
