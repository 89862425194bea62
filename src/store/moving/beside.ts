/** What stands beside the state in a data directory, and goes to another one with it: tokens, the TLS key, the files of tasks. */
import { copyFileSync, constants, existsSync } from 'node:fs'
import { chmod, lutimes, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { FileError } from '../../cluster/ports/files.ts'
import { isSystemError, syncDirectory, syncFile } from '../durable.ts'
import { FILES } from '../file-names.ts'
import { openDiskFiles } from '../files/disk-files.ts'
import { HASH, isDirectory, openWhole, placesIn } from '../files/places.ts'
import { lockDirectory } from '../lock.ts'
import { MoveError } from './move-error.ts'

/** The hashes of the files in a directory of files, which is only read; none where there is none. */
async function* hashesIn(root: string): AsyncGenerator<string> {
  if (!(await isDirectory(root))) return
  for (const shard of await readdir(root))
    if (/^[0-9a-f]{2}$/.test(shard) && (await isDirectory(join(root, shard))))
      for (const name of await readdir(join(root, shard))) if (HASH.test(name) && name.startsWith(shard)) yield name
}

/** Copies the files that are missing: each is whole or absent, and is what its name says. Returns how many there are. */
const copyFiles = async (from: string, to: string, progress: (files: number) => void): Promise<number> => {
  const source = placesIn(join(from, FILES))
  const target = await openDiskFiles(join(to, FILES))
  const copy = placesIn(join(to, FILES))
  let files = 0
  for await (const sha256 of hashesIn(source.root)) {
    const file = await openWhole(source.whole(sha256))
    if (file === undefined) continue
    try {
      const { size, atime, mtime } = await file.stat()
      if ((await target.stat(sha256)) === undefined) {
        const body = file.createReadStream({ autoClose: false })
        await target.write({ sha256, offset: 0, body, maxBytes: size })
        // How long a file is kept is counted from its last use.
        await lutimes(copy.whole(sha256), atime, mtime)
      }
    } finally {
      await file.close()
    }
    files += 1
    progress(files)
  }
  return files
}

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
 * only read. Returns the number of files of tasks.
 * @param names - files of the data directory that hold secrets
 * @throws MoveError `unwritable`, DataDirectoryError where a node runs in the source
 */
export const moveBeside = async (
  from: string,
  to: string,
  names: readonly string[],
  progress: (files: number) => void,
): Promise<number> => {
  const lock = lockDirectory(from)
  try {
    await copySecrets(from, to, names)
    return await copyFiles(from, to, progress)
  } catch (cause) {
    if (!isSystemError(cause) && !(cause instanceof FileError)) throw cause
    throw new MoveError(
      'unwritable',
      `what stands beside the state in ${from} cannot be copied to ${to} (${cause.message}): make both readable and the directory writable for this user, with room on the disk`,
      { cause },
    )
  } finally {
    lock.release()
  }
}
