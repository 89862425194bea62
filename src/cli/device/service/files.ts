/** Files of a service: whole or absent, with the owner and the mode that they should have. */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StartError, systemCode } from '../../failure.ts'

/** Whom a file belongs to. */
export type Owner = { readonly uid: number; readonly gid: number }

const unusable = (what: string, path: string, cause: unknown): StartError =>
  new StartError(`${path} cannot be ${what} (${systemCode(cause) ?? 'unknown'}).`, { cause })

/** The content of a file; undefined where there is none. @throws StartError */
export const contentOf = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw unusable('read', path, error)
  }
}

/**
 * Writes a file in place of what was there, and makes its directory where it is missing.
 * @param owner - undefined: the user who runs this
 * @throws StartError
 */
export const put = async (
  path: string,
  content: string | Uint8Array,
  { mode, owner }: { readonly mode: number; readonly owner?: Owner | undefined },
): Promise<void> => {
  const unfinished = `${path}.${process.pid}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    // Made anew, never opened: in a directory of somebody else, a link of this name would have root write where it leads.
    await rm(unfinished, { force: true })
    const file = await open(unfinished, 'wx', mode)
    try {
      await file.writeFile(content)
      // The mask of the user who runs this does not count.
      await file.chmod(mode)
      if (owner !== undefined) await file.chown(owner.uid, owner.gid)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw unusable('written', path, error)
  }
}

/** Removes a file. False where there was none. @throws StartError */
export const remove = async (path: string): Promise<boolean> => {
  try {
    await rm(path)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw unusable('removed', path, error)
  }
}
