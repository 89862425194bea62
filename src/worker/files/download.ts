/** Bringing a file from the node into the cache: on where it broke off, and in place only when its bytes are those of its hash. */
import { constants, type FileHandle, open } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { isDiskFull } from '../errors.ts'
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

const asTransferError = (error: unknown): unknown =>
  isDiskFull(error) ? new TransferError('device_full', 'there is no room on this device', { cause: error }) : error

const fill = async (
  file: FileHandle,
  sha256: string,
  { cache, node }: DownloadOptions,
  signal: AbortSignal,
): Promise<void> => {
  const here = await hashOf(file)
  if (here.hash.copy().digest('hex') === sha256) return
  const { bytes, offset, body } = await node.read(sha256, here.bytes, signal)
  const goesOn = offset === here.bytes
  const hash = goesOn ? here.hash : createHash('sha256')
  let end = goesOn ? offset : 0
  try {
    if (!goesOn && offset !== 0) throw new TransferError('unexpected', 'the node began in the midst of a file')
    await file.truncate(end)
    await cache.makeRoom(bytes - end)
    for await (const chunk of body as AsyncIterable<Buffer>) {
      await writeAll(file, chunk, end)
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
 * @throws TransferError, or the error of the system
 */
export const download = async (sha256: string, options: DownloadOptions, signal: AbortSignal): Promise<void> => {
  const { cache } = options
  const file = await open(cache.partOf(sha256), constants.O_RDWR | constants.O_CREAT, 0o600)
  try {
    await fill(file, sha256, options, signal)
    // Its name says what is in it, also after a power cut.
    await file.sync()
  } catch (cause) {
    const error = asTransferError(cause)
    if (error instanceof TransferError && ENDS_IT.includes(error.problem)) await cache.drop(sha256)
    else await cache.broke(sha256)
    throw error
  } finally {
    await file.close()
  }
  await cache.arrived(sha256)
}
