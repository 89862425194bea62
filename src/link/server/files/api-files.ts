/** Files of API servers elsewhere: those operations of the cluster that move bytes, for who has the cluster token. */
import { pipeline } from 'node:stream/promises'
import { Deed } from '../../../../schemas/access.ts'
import { errorCodes } from '../../../../schemas/errors.ts'
import { ClusterError } from '../../../cluster/errors.ts'
import { received } from '../../checks.ts'
import { isClusterToken, type ClusterDoor } from '../../cluster/serve.ts'
import { ARTIFACT_HEADER, DEED_HEADER } from '../../file-paths.ts'
import { toWire } from '../../rpc-errors.ts'
import { type Answer, bearerOf, bidContinue, bytesIn, type Exchange, queryOf, unknown } from './exchange.ts'
import type { Transfers } from './transfers.ts'

/** What API servers are served with. */
export type ApiFiles = {
  /** Undefined: none may speak for this node. */
  readonly door: ClusterDoor | undefined
  readonly transfers: Transfers
  /** Lifts the bound within which a request must have come in. */
  readonly lift: (exchange: Exchange) => void
}

const may = () => true

/** For whom the API server acts; undefined where it says nothing, or what only a newer version knows. */
const deedOf = ({ request }: Exchange): Deed | undefined => {
  const said = request.headers[DEED_HEADER]
  if (typeof said !== 'string') return undefined
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(said, 'base64url').toString())
  } catch {
    return undefined
  }
  const read = received(Deed, value)
  // The schema has checked it.
  return read.problem === undefined ? (read.value as Deed) : undefined
}

/** The refusal of an operation, as the link would carry it. */
const refusalOf = (error: unknown): Answer => {
  if (!(error instanceof ClusterError)) throw error
  return { status: errorCodes[error.code].status, body: toWire(error) }
}

const open = async (exchange: Exchange, sha256: string, { cluster }: ClusterDoor): Promise<undefined> => {
  const end = bytesIn(exchange.request, 'end')
  const { artifact, body } = await cluster.artifacts.open({
    sha256,
    start: bytesIn(exchange.request, 'start') ?? 0,
    ...(end === undefined ? {} : { end }),
  })
  exchange.response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'x-content-type-options': 'nosniff',
    [ARTIFACT_HEADER]: JSON.stringify(artifact),
  })
  await pipeline(body, exchange.response)
  return undefined
}

const store = async (exchange: Exchange, { cluster }: ClusterDoor): Promise<Answer> => {
  const deed = deedOf(exchange)
  const input = {
    sha256: queryOf(exchange.request).get('sha256'),
    offset: bytesIn(exchange.request, 'offset') ?? 0,
    body: exchange.request,
  }
  bidContinue(exchange)
  const stored = () => cluster.artifacts.store(input)
  return { status: 200, body: await (deed === undefined ? stored() : cluster.acting(deed, stored)) }
}

/**
 * Serves an API server. `sha256` undefined: a file is stored.
 * @returns what it is answered; undefined where it was a file
 */
export const serveApiServer = async (
  exchange: Exchange,
  sha256: string | undefined,
  { door, transfers, lift }: ApiFiles,
): Promise<Answer | undefined> => {
  const token = bearerOf(exchange.request)
  if (door === undefined || token === undefined || !isClusterToken(door, token)) return unknown
  const [direction, method] = sha256 === undefined ? (['in', 'POST'] as const) : (['out', 'GET'] as const)
  if (exchange.request.method !== method)
    return { status: 405, headers: { allow: method }, body: 'Files are sent by POST, and read by GET.' }
  const transfer = transfers.begin('api', { ...exchange, direction, may })
  if (transfer === undefined)
    return refusalOf(new ClusterError('CLUSTER_UNAVAILABLE', { reason: 'too many files are transferred' }))
  try {
    lift(exchange)
    return await (sha256 === undefined ? store(exchange, door) : open(exchange, sha256, door))
  } catch (error) {
    return refusalOf(error)
  } finally {
    transfer.end()
  }
}
