/**
 * Beginnings of files that are fetched: each beside its place, under the name of the process that fetches it, so that two clients at a
 * time never write into the same. What a process has left that was killed goes to the next.
 */
import { createHash, type Hash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../../failure.ts'

const NAME = /^\.(?<digest>[0-9a-f]{16})\.(?<pid>\d{1,10})\.part$/

const beginningOf = (directory: string, digest: string): string => join(directory, `.${digest}.${process.pid}.part`)

/** Where this process writes a file that is to go into a directory. @param name - of the file, below what is fetched into */
export const besideIn = (directory: string, name: string): string =>
  beginningOf(directory, createHash('sha256').update(name).digest('hex').slice(0, 16))

/** Whether a process of this machine runs; of one that is somebody else's too. */
const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}

const adopt = async (directory: string): Promise<void> => {
  for (const name of await readdir(directory)) {
    const { digest, pid } = NAME.exec(name)?.groups ?? {}
    if (digest === undefined || pid === undefined || isRunning(Number(pid))) continue
    await rename(join(directory, name), beginningOf(directory, digest)).catch((error: unknown) => {
      // Another client was faster.
      if (systemCode(error) !== 'ENOENT') throw error
    })
  }
}

/** Directories that were looked through. Those that come later belong to processes that run beside this one. */
const adopted = new Map<string, Promise<void>>()

/** Makes what ended processes have begun in a directory the beginnings of this process, once. */
export const adoptBeginnings = (directory: string): Promise<void> => {
  const adopting = adopted.get(directory) ?? adopt(directory)
  adopted.set(directory, adopting)
  return adopting
}

/** Windows has neither, and needs neither: nobody makes a link or a pipe there without being asked for a privilege. */
const flags = new Map<string, number>(Object.entries(constants))
const STRICTLY = constants.O_RDWR | (flags.get('O_NOFOLLOW') ?? 0) | (flags.get('O_NONBLOCK') ?? 0)

/** Nothing there, a symbolic link, a socket. */
const notOurs: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ELOOP', 'ENXIO'])

/** Opens a beginning to go on with it; an empty one where there is none, or where what has its name leads elsewhere. */
export const openBeginning = async (path: string): Promise<FileHandle> => {
  try {
    const file = await open(path, STRICTLY)
    const found = await file.stat()
    // A second name of a file would have the bytes written into it.
    if (found.isFile() && found.nlink === 1) return file
    await file.close()
  } catch (error) {
    if (!notOurs.has(systemCode(error))) throw error
  }
  await rm(path, { force: true })
  return open(path, STRICTLY | constants.O_CREAT | constants.O_EXCL)
}

/** Adds a beginning to a hash. @returns how many bytes it has */
export const hashBeginning = async (file: FileHandle, hash: Hash, signal: AbortSignal): Promise<number> => {
  let bytes = 0
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false, signal })) {
    hash.update(chunk as Buffer)
    bytes += (chunk as Buffer).length
  }
  return bytes
}

/** Writes all of some bytes; a disk that is nearly full takes a part of them. */
export const writeAt = async (file: FileHandle, bytes: Uint8Array, position: number): Promise<void> => {
  for (let written = 0; written < bytes.length;)
    written += (await file.write(bytes, written, bytes.length - written, position + written)).bytesWritten
}
