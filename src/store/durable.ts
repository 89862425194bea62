/** Files: what outlives a power cut, and how the system refuses. */
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { open } from 'node:fs/promises'

const sync = (path: string, flags: string): void => {
  const descriptor = openSync(path, flags)
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Brings what was written to a file to the disk. @throws the system's error */
export const syncFile = (path: string): void => sync(path, 'r+')

/**
 * Brings the entries of a directory to the disk, so that a rename in it outlives a power cut
 * (fsync(2): "calling fsync() does not necessarily ensure that the entry in the directory has also reached disk").
 * @throws the system's error
 */
export const syncDirectory = (path: string): void => {
  // Windows can't open directories, and needs no such call: NTFS journals its entries.
  if (process.platform !== 'win32') sync(path, 'r')
}

/** The same, while other work goes on. */
export const syncDirectorySoon = async (path: string): Promise<void> => {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** True for an error of the operating system, such as a file that may not be written. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error
