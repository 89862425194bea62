/** Bringing a file from the node into the cache: on where it broke off, and in place only when its bytes are those of its hash. */
import { constants, type FileHandle, open } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { isDiskFull, systemCode } from '../errors.ts'
import type { FileCache } from './cache.ts'
import { hashOf } from './hashing.ts'
import type { NodeFiles } from './node-files.ts'
import { TransferError, type TransferProblem } from './transfer-error.ts'

/** What a download needs. */
export type DownloadOptions = { readonly cache: FileCache; readonly node: NodeFiles }

/** After these nothing is left to go on from. */
const ENDS_IT: readonly TransferProblem[] = ['damaged', 'missing', 'device_full']

const writeAll = async (file: FileHandle, chunk: Buffer, position: number): Promise<void> => {
  // A disk that is nearly full takes a part of it.
  for (let written = 0; written < chunk.length;) {
    written += (await file.write(chunk, written, chunk.length - written, position + written)).bytesWritten
  }
}

/** Does something on the own disk: what fails there has nothing to do with the connection, and another device may do better. */
const onDisk = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (cause) {
    const code = systemCode(cause)
    if (code === undefined) throw cause
    if (isDiskFull(cause)) throw new TransferError('device_full', 'there is no room on this device', { cause })
    throw new TransferError('device_disk', `the disk of this device fails (${code})`, { cause })
  }
}

const fill = async (
  file: FileHandle,
  sha256: string,
  { cache, node }: DownloadOptions,
  signal: AbortSignal,
): Promise<void> => {
  const here = await onDisk(() => hashOf(file))
  if (here.hash.copy().digest('hex') === sha256) return
  const { bytes, offset, body } = await node.read(sha256, here.bytes, signal)
  const goesOn = offset === here.bytes
  const hash = goesOn ? here.hash : createHash('sha256')
  let end = goesOn ? offset : 0
  try {
    if (!goesOn && offset !== 0) throw new TransferError('unexpected', 'the node began in the midst of a file')
    await onDisk(async () => {
      await file.truncate(end)
      await cache.makeRoom(sha256, bytes - end)
    })
    for await (const chunk of body as AsyncIterable<Buffer>) {
      await onDisk(() => writeAll(file, chunk, end))
      cache.filled(sha256, chunk.length)
      hash.update(chunk)
      end += chunk.length
    }
  } finally {
    body.destroy()
  }
  if (hash.digest('hex') !== sha256) {
    throw new TransferError('damaged', `the bytes that came are not those of the file ${sha256}`)
  }
}

/**
 * Brings a file that is held into the cache. What came of it stays where the connection broke.
 * @throws TransferError, or the error of the connection
 */
export const download = async (sha256: string, options: DownloadOptions, signal: AbortSignal): Promise<void> => {
  const { cache } = options
  const file = await onDisk(() => open(cache.partOf(sha256), constants.O_RDWR | constants.O_CREAT, 0o600))
  try {
    await fill(file, sha256, options, signal)
    // Its name says what is in it, also after a power cut.
    await onDisk(() => file.sync())
  } catch (error) {
    const endsIt = error instanceof TransferError && ENDS_IT.includes(error.problem)
    // Why the file did not come says more than what a disk that fails makes of this.
    await (endsIt ? cache.drop(sha256) : cache.broke(sha256)).catch(() => undefined)
    throw error
  } finally {
    await onDisk(() => file.close())
  }
  await onDisk(() => cache.arrived(sha256))
}
