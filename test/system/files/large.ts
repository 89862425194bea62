/** A file that is too large for any memory, made and read piece by piece, and what a process has in memory meanwhile. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

const MIB = 2 ** 20

/** Its size, bytes: as many MiB as MIB says, 2,048 in the soak. Memory that grows with a file, or is let lie, shows with the default too. */
export const BYTES = Number(process.env.MIB ?? 512) * MIB

/** Its piece at a MiB: no two are the same. */
const pieceAt = (number: number): Buffer => {
  const piece = Buffer.alloc(MIB, 'of a large file ')
  piece.writeUInt32BE(number)
  return piece
}

/** Its bytes from a MiB on. */
export const largeBody = (fromMib = 0): Readable =>
  Readable.from(
    (function* () {
      for (let number = fromMib; number < BYTES / MIB; number += 1) yield pieceAt(number)
    })(),
    { objectMode: false, highWaterMark: MIB },
  )

/** The hash and the size of what comes. */
export const hashed = async (body: AsyncIterable<Buffer>): Promise<{ sha256: string; bytes: number }> => {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of body) {
    hash.update(piece)
    bytes += piece.length
  }
  return { sha256: hash.digest('hex'), bytes }
}

/** Stores it over the API. Resolves with the status of the answer. */
export const uploadLarge = async ({ url }: { readonly url: string }): Promise<number> => {
  const asked = request(`${url}/api/v1/artifacts`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'content-length': BYTES },
    agent: false,
  })
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    asked.once('response', resolve).once('error', reject),
  )
  await pipeline(largeBody(), asked)
  const response = await answered
  response.resume()
  return response.statusCode ?? 0
}

/** A process that has more in memory than it had at first. */
export type Growth = {
  /** How much more it has at the most, MiB. */
  mostMib(): number
  end(): void
}

const residentMib = (pid: number): number =>
  Number(/^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

/** Watches the resident memory of a process from now on. */
export const watchGrowth = (pid: number | undefined): Growth => {
  if (pid === undefined) throw new Error('the process does not run')
  const before = residentMib(pid)
  let most = before
  const timer = setInterval(() => (most = Math.max(most, residentMib(pid))), 50)
  return { mostMib: () => most - before, end: () => clearInterval(timer) }
}
