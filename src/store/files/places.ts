/**
 * Where files lie: each under its hash, in one of 256 directories by how the hash begins, so that none gets large; the beginning of
 * one beside it; and what has no name yet in a directory of its own. Whatever else lies there is nobody's: a symbolic link is not
 * followed, and what stands in the way of a file is removed.
 */
import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isSystemError, syncDirectorySoon } from '../durable.ts'

/** A hash as files are named by it. */
export const HASH = /^[0-9a-f]{64}$/
/** How the name of a beginning ends. */
export const BEGINNING = '.part'
const NAMELESS = 'new'

/** Windows has neither, and needs neither: nobody makes a link or a pipe there without being asked for a privilege. */
const flags = new Map<string, number>(Object.entries(constants))
const STRICTLY = (flags.get('O_NOFOLLOW') ?? 0) | (flags.get('O_NONBLOCK') ?? 0)

/** Paths under a root. None is made of anything but a hash: of something else a RangeError comes. */
export type Places = {
  readonly root: string
  /** The directory of those whose hashes begin so. */
  shard(twoDigits: string): string
  whole(sha256: string): string
  beginning(sha256: string): string
  readonly namelessDirectory: string
  /** Another one at each call. */
  nameless(): string
}

/** The places of a directory. */
export const placesIn = (root: string): Places => {
  const shard = (twoDigits: string) => join(root, twoDigits)
  const whole = (sha256: string) => {
    if (!HASH.test(sha256)) throw new RangeError('this is no SHA-256')
    return join(shard(sha256.slice(0, 2)), sha256)
  }
  const namelessDirectory = join(root, NAMELESS)
  return {
    root,
    shard,
    whole,
    beginning: (sha256) => `${whole(sha256)}${BEGINNING}`,
    namelessDirectory,
    nameless: () => join(namelessDirectory, randomUUID()),
  }
}

const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  isSystemError(error) && codes.includes(error.code ?? '')

/** True where nothing is there. */
export const isAbsent = (error: unknown): boolean => isCode(error, 'ENOENT', 'ENOTDIR')

/** Removes what is there, if anything is; a link itself, never what it leads to. */
export const removePath = async (path: string): Promise<void> => {
  try {
    await unlink(path)
  } catch (error) {
    if (!isAbsent(error)) throw error
  }
}

/** True for a directory that is one itself. */
export const isDirectory = async (path: string): Promise<boolean> => {
  try {
    return (await lstat(path)).isDirectory()
  } catch (error) {
    if (isAbsent(error)) return false
    throw error
  }
}

/** Makes a directory of mode 0700 where there is none; its entry is on disk then. */
export const makeDirectory = async (path: string): Promise<void> => {
  for (;;) {
    if (await isDirectory(path)) return
    try {
      await mkdir(path, { mode: 0o700 })
      await syncDirectorySoon(dirname(path))
      return
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error
    }
    // Another writer was faster; or it is something else, and in the way.
    if (!(await isDirectory(path))) await removePath(path)
  }
}

/** A regular file as it stands there by itself; undefined where there is none. */
export const look = async (path: string): Promise<{ readonly bytes: number; readonly mtimeMs: number } | undefined> => {
  if (!(await isDirectory(dirname(path)))) return undefined
  try {
    const found = await lstat(path)
    return found.isFile() ? { bytes: found.size, mtimeMs: found.mtimeMs } : undefined
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

/** Opens a regular file to read it; undefined where there is none. Without blocking: of a pipe nobody would ever write into. */
export const openWhole = async (path: string): Promise<FileHandle | undefined> => {
  if (!(await isDirectory(dirname(path)))) return undefined
  let file: FileHandle
  try {
    file = await open(path, constants.O_RDONLY | STRICTLY)
  } catch (error) {
    if (isAbsent(error) || isCode(error, 'ELOOP')) return undefined
    throw error
  }
  if ((await file.stat()).isFile()) return file
  await file.close()
  return undefined
}

/** Opens a file of mode 0600 to go on with it; an empty one where there is none, or something that is no file of ours. */
export const openBeginning = async (path: string): Promise<FileHandle> => {
  await makeDirectory(dirname(path))
  const mode = constants.O_RDWR | STRICTLY
  try {
    const file = await open(path, mode)
    const found = await file.stat()
    // A second name of a file would have the bytes written into it.
    if (found.isFile() && found.nlink === 1) return file
    await file.close()
  } catch (error) {
    // ENXIO: a socket. ELOOP: a symbolic link.
    if (!isAbsent(error) && !isCode(error, 'ELOOP', 'ENXIO')) throw error
  }
  await removePath(path)
  return open(path, mode | constants.O_CREAT | constants.O_EXCL, 0o600)
}
