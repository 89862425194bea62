/** The files of the node, as a device gets and puts them: `/files/SHA256` at the port of the link. */
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { NodeRequest, NodeRequests } from '../../link/client/node-requests.ts'
import { TransferError, type TransferProblem } from './transfer-error.ts'

/** A file on its way to the device. */
export type Incoming = {
  /** Its size. */
  readonly bytes: number
  /** Where in it the body begins: where it was asked for, or at 0. */
  readonly offset: number
  readonly body: Readable
}

/** The files of the node. Connections that break come out as the error of the system: they are tried again. */
export interface NodeFiles {
  /**
   * A file from an offset on.
   * @throws TransferError
   */
  read(sha256: string, offset: number, signal: AbortSignal): Promise<Incoming>
  /**
   * How much of a file the node has: all of it, or so many bytes of its beginning.
   * @throws TransferError
   */
  stored(sha256: string, signal: AbortSignal): Promise<'whole' | number>
  /**
   * Sends the rest of a file; resolves when the node has all of it on its disk.
   * @throws TransferError
   */
  write(sha256: string, rest: { offset: number; bytes: number; body: Readable }, signal: AbortSignal): Promise<void>
}

/** What a status says that is no success. 404 of a file that is to be stored is none either, but `stored` knows it. */
const problems: Readonly<Record<number, { problem: TransferProblem; says: string }>> = {
  401: { problem: 'forbidden', says: 'does not know this device' },
  403: { problem: 'forbidden', says: 'does not let this device have or store' },
  404: { problem: 'missing', says: 'does not have' },
  413: { problem: 'too_large', says: 'takes no file as large as' },
  416: { problem: 'damaged', says: 'has less than was asked for of' },
  422: { problem: 'damaged', says: 'got other bytes than those of' },
  429: { problem: 'busy', says: 'has other transfers of this device before that of' },
  507: { problem: 'node_full', says: 'has no room for' },
}

const problemOf = ({ statusCode = 0 }: IncomingMessage, sha256: string): TransferError => {
  const { problem, says } = problems[statusCode] ?? { problem: 'unexpected', says: `answered ${statusCode} for` }
  return new TransferError(problem, `the node ${says} the file ${sha256}`)
}

/** A number of bytes in a header; undefined where there is none. */
const bytesIn = (written: string | string[] | undefined): number | undefined =>
  typeof written === 'string' && /^\d{1,15}$/.test(written) ? Number(written) : undefined

/** `bytes 500-999/1000` (RFC 9110 §14.4). */
const CONTENT_RANGE = /^bytes (?<first>\d{1,15})-\d{1,15}\/(?<all>\d{1,15})$/

const incomingOf = (answer: IncomingMessage): Incoming | undefined => {
  const { first, all } = CONTENT_RANGE.exec(answer.headers['content-range'] ?? '')?.groups ?? {}
  if (answer.statusCode === 206 && first !== undefined && all !== undefined) {
    return { bytes: Number(all), offset: Number(first), body: answer }
  }
  const bytes = bytesIn(answer.headers['content-length'])
  return answer.statusCode === 200 && bytes !== undefined ? { bytes, offset: 0, body: answer } : undefined
}

/**
 * Reaches the files of the node.
 * @param credential - that of the device
 */
export const createNodeFiles = (requests: NodeRequests, credential: () => string): NodeFiles => {
  const ask = ({ path, headers, ...request }: NodeRequest): Promise<IncomingMessage> =>
    requests.send({ ...request, path, headers: { ...headers, authorization: `Bearer ${credential()}` } })

  return {
    read: async (sha256, offset, signal) => {
      const headers = offset === 0 ? {} : { range: `bytes=${offset}-` }
      const answer = await ask({ method: 'GET', path: `/files/${sha256}`, headers, signal })
      const incoming = incomingOf(answer)
      if (incoming !== undefined) return incoming
      answer.resume()
      throw problemOf(answer, sha256)
    },
    stored: async (sha256, signal) => {
      const answer = await ask({ method: 'HEAD', path: `/files/${sha256}`, headers: {}, signal })
      answer.resume()
      if (answer.statusCode === 200) return 'whole'
      if (answer.statusCode !== 404) throw problemOf(answer, sha256)
      return bytesIn(answer.headers['upload-offset']) ?? 0
    },
    write: async (sha256, { offset, bytes, body }, signal) => {
      const path = `/files/${sha256}?offset=${offset}`
      const headers = { 'content-length': bytes, 'content-type': 'application/octet-stream' }
      const answer = await ask({ method: 'PUT', path, headers, body, signal })
      answer.resume()
      if (answer.statusCode === 204) return
      // The rest of the body would go nowhere.
      answer.destroy()
      throw problemOf(answer, sha256)
    },
  }
}
