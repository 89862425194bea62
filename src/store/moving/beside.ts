/** What stands beside the state in a data directory, and goes to another one with it: tokens and the TLS key. */
import { copyFileSync, constants, existsSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError, syncDirectory, syncFile } from '../durable.ts'
import { lockDirectory } from '../lock.ts'
import { MoveError } from './move-error.ts'

const copySecrets = async (from: string, to: string, names: readonly string[]): Promise<void> => {
  for (const name of names) {
    const path = join(to, name)
    if (!existsSync(join(from, name)) || existsSync(path)) continue
    copyFileSync(join(from, name), path, constants.COPYFILE_EXCL)
    await chmod(path, 0o600)
    syncFile(path)
  }
  syncDirectory(to)
}

/**
 * Copies what stands beside the state, and leaves what is in the target already. The source directory is locked meanwhile, and
 * only read.
 * @param names - files of the data directory that hold secrets
 * @throws MoveError `unwritable`, DataDirectoryError where a node runs in the source
 */
export const moveBeside = async (from: string, to: string, names: readonly string[]): Promise<void> => {
  const lock = lockDirectory(from)
  try {
    await copySecrets(from, to, names)
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    throw new MoveError(
      'unwritable',
      `what stands beside the state in ${from} cannot be copied to ${to} (${cause.message}): make both readable and the directory writable for this user, with room on the disk`,
      { cause },
    )
  } finally {
    lock.release()
  }
}
