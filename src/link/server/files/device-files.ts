/** Files of devices: `GET`, `HEAD` and `PUT` of `/files/SHA256`, for who has the credential of a device. */
import { pipeline } from 'node:stream/promises'
import type { FileGate, FileSession } from '../../../cluster/ports/file-gate.ts'
import { FileError } from '../../../cluster/ports/files.ts'
import { UPLOAD_OFFSET } from '../../file-paths.ts'
import { type Answer, bearerOf, bidContinue, bytesIn, type Exchange, unknown } from './exchange.ts'
import type { Transfers } from './transfers.ts'

/** What devices are served with. */
export type DeviceFiles = {
  /** Undefined: none may. */
  readonly gate: FileGate | undefined
  readonly transfers: Transfers
  /** Lifts the bound within which a request must have come in. */
  readonly lift: (exchange: Exchange) => void
}

/** A file that a device asks for. */
type Asked = { readonly exchange: Exchange; readonly session: FileSession; readonly sha256: string }

/** RFC 4918 §11: 422, an entity that is understood and cannot be processed; 507, no room. */
const statuses: Readonly<Record<FileError['kind'], number>> = {
  mismatch: 422,
  offset: 409,
  too_large: 413,
  full: 507,
  broken_off: 400,
}

const TRY_AGAIN_SECONDS = 1

const busy: Answer = {
  status: 429,
  headers: { 'retry-after': TRY_AGAIN_SECONDS },
  body: 'This device transfers as many files at a time as it may.',
}
const notYours: Answer = { status: 403, body: 'No task that this device holds takes or leaves this file.' }
const absent: Answer = { status: 404, body: 'This file is not here.' }

const wrongOffset = (here: number): Answer => ({
  status: statuses.offset,
  headers: { [UPLOAD_OFFSET]: here },
  body: `${here} bytes of this file are here.`,
})

/** The first byte that is asked for (RFC 9110 §14.2, as far as devices use it); undefined: the whole file is. */
const startOf = ({ request }: Exchange): number | undefined => {
  const said = /^bytes=(\d{1,15})-$/.exec(request.headers.range ?? '')?.[1]
  return said === undefined ? undefined : Number(said)
}

const head = async ({ session, sha256 }: Asked, { transfers }: DeviceFiles): Promise<Answer> => {
  if (!session.mayRead(sha256) && !session.mayWrite()) return notYours
  await transfers.takeOver(session.device_id, sha256)
  const file = await session.stat(sha256)
  if (file === undefined) return { ...absent, headers: { [UPLOAD_OFFSET]: await session.partial(sha256) } }
  return { status: 200, headers: { 'content-length': file.bytes, 'accept-ranges': 'bytes' } }
}

const get = async ({ exchange, session, sha256 }: Asked, { transfers }: DeviceFiles): Promise<Answer | undefined> => {
  const may = () => session.mayRead(sha256)
  if (!may()) return notYours
  const file = await session.stat(sha256)
  if (file === undefined) return absent
  const start = startOf(exchange)
  if (start !== undefined && start >= file.bytes) {
    const headers = { 'content-range': `bytes */${file.bytes}` }
    return { status: 416, headers, body: `This file has ${file.bytes} bytes.` }
  }
  const transfer = transfers.begin(session.device_id, { ...exchange, direction: 'out', may })
  if (transfer === undefined) return busy
  try {
    const body = await session.read(sha256, start ?? 0)
    if (body === undefined) return absent
    exchange.response.writeHead(start === undefined ? 200 : 206, {
      'content-type': 'application/octet-stream',
      'content-length': file.bytes - (start ?? 0),
      'accept-ranges': 'bytes',
      ...(start === undefined ? {} : { 'content-range': `bytes ${start}-${file.bytes - 1}/${file.bytes}` }),
      'x-content-type-options': 'nosniff',
    })
    await pipeline(body, exchange.response)
    return undefined
  } finally {
    transfer.end()
  }
}

/** How a file that was sent is answered. */
const refusalOf = async ({ session, sha256 }: Asked, error: unknown): Promise<Answer> => {
  if (!(error instanceof FileError)) throw error
  if (error.kind === 'offset') return wrongOffset(await session.partial(sha256))
  return { status: statuses[error.kind], body: `This file was not stored: ${error.message}.` }
}

const put = async (asked: Asked, { transfers, lift }: DeviceFiles): Promise<Answer> => {
  const { exchange, session, sha256 } = asked
  const may = () => session.mayWrite()
  if (!may()) return notYours
  const offset = bytesIn(exchange.request, 'offset') ?? 0
  if (Number.isNaN(offset)) return { status: 400, body: 'The offset must be a number of bytes.' }
  await transfers.takeOver(session.device_id, sha256)
  const isHere = (await session.stat(sha256)) !== undefined
  const waiting = isHere || offset === 0 ? offset : await session.partial(sha256)
  if (waiting !== offset) return wrongOffset(waiting)
  const transfer = transfers.begin(session.device_id, { ...exchange, direction: 'in', may })
  if (transfer === undefined) return busy
  try {
    lift(exchange)
    if (!isHere) bidContinue(exchange)
    const written = session.write({ sha256, offset, body: exchange.request })
    transfers.sending(session.device_id, sha256, exchange, written)
    await written
    return { status: 204 }
  } catch (error) {
    return await refusalOf(asked, error)
  } finally {
    transfer.end()
  }
}

/**
 * Serves a device. `sha256` undefined: the path names no file.
 * @returns what it is answered; undefined where it was a file
 */
export const serveDevice = async (
  exchange: Exchange,
  sha256: string | undefined,
  files: DeviceFiles,
): Promise<Answer | undefined> => {
  const credential = bearerOf(exchange.request)
  const session = credential === undefined ? undefined : files.gate?.admit(credential)
  if (session === undefined) return unknown
  if (sha256 === undefined) return { status: 404, body: 'A file is named by its SHA-256.' }
  const asked = { exchange, session, sha256 }
  switch (exchange.request.method) {
    case 'GET':
      return get(asked, files)
    case 'HEAD':
      return head(asked, files)
    case 'PUT':
      return put(asked, files)
    default:
      return { status: 405, headers: { allow: 'GET, HEAD, PUT' }, body: 'Files are fetched and left here.' }
  }
}
