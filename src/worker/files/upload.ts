/** Bringing a file from the spool to the node: on where it broke off, and from its first byte where what the node has is none of it. */
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { TaskArtifact } from '../../../schemas/artifact.ts'
import { hashOf } from './hashing.ts'
import type { NodeFiles } from './node-files.ts'
import { TransferError } from './transfer-error.ts'

/** A file that is to be at the node, and where it lies. */
export type Outbound = Pick<TaskArtifact, 'sha256' | 'bytes'> & { readonly path: string }

/** Brings a file to the node; resolves when all of it is on its disk. @throws TransferError, or the error of the system */
export type Upload = (file: Outbound) => Promise<'sent' | 'there'>

const isDamaged = (error: unknown): boolean => error instanceof TransferError && error.problem === 'damaged'

const isAsItsHashSays = async ({ path, sha256 }: Outbound): Promise<boolean> => {
  const file = await open(path)
  try {
    return (await hashOf(file)).hash.digest('hex') === sha256
  } finally {
    await file.close()
  }
}

/** Makes what brings files to the node. @param signal - ends what is under way */
export const createUpload = (node: NodeFiles, signal: AbortSignal): Upload => {
  const underWay = new Map<string, Promise<unknown>>()

  const sendFrom = (offset: number, { path, sha256, bytes }: Outbound): Promise<void> =>
    node.write(sha256, { offset, bytes: bytes - offset, body: createReadStream(path, { start: offset }) }, signal)

  const sendWhole = async (file: Outbound): Promise<void> => {
    try {
      await sendFrom(0, file)
    } catch (cause) {
      // The node says that the bytes are others than the hash says; whether they are so here, it cannot know.
      if (!isDamaged(cause) || !(await isAsItsHashSays(file))) throw cause
      const message = `the node got other bytes of the file ${file.sha256} than were sent`
      throw new TransferError('unexpected', message, { cause })
    }
  }

  const bring: Upload = async (file) => {
    const { path, sha256, bytes } = file
    const stored = await node.stored(sha256, signal)
    if (stored === 'whole') return 'there'
    // A body that ends too soon would look like a connection that broke, again and again.
    const { size } = await stat(path)
    if (size !== bytes) throw new TransferError('damaged', `the file ${sha256} has ${size} bytes, and not ${bytes}`)
    // More than all of it is no beginning of it.
    const offset = stored > bytes ? 0 : stored
    try {
      await (offset === 0 ? sendWhole(file) : sendFrom(offset, file))
    } catch (error) {
      if (offset === 0 || !isDamaged(error)) throw error
      // What the node had was no beginning of it, and is gone now.
      await sendWhole(file)
    }
    return 'sent'
  }

  return async (file) => {
    const { sha256 } = file
    // One at a time for each file: the node takes whoever asks for it anew for one that has lost the connection on which he sent it.
    for (let other = underWay.get(sha256); other !== undefined; other = underWay.get(sha256)) {
      await other.catch(() => undefined)
    }
    const sending = bring(file).finally(() => underWay.delete(sha256))
    underWay.set(sha256, sending)
    return sending
  }
}
