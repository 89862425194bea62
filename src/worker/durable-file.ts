/** Files that are whole or absent after a crash. */
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Ends the names of files that are still being written. */
export const UNFINISHED = '.tmp'

/**
 * Brings the entries of a directory to the disk, so that a rename or a removal in it outlives a power cut
 * (fsync(2): "calling fsync() does not necessarily ensure that the entry in the directory has also reached disk").
 */
export const syncDirectory = async (path: string): Promise<void> => {
  // Windows can't open directories, and needs no such call: NTFS journals its entries.
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/**
 * Writes a file of mode 0600 at once: to a file beside it, fsync, rename, fsync of the directory.
 * @throws the system's error; what was there before then still is
 */
export const writeDurably = async (path: string, content: string): Promise<void> => {
  const unfinished = `${path}${UNFINISHED}`
  try {
    const file = await open(unfinished, 'w', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
  await syncDirectory(dirname(path))
}
