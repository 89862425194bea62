/** Files of API servers elsewhere: those operations of the cluster that move bytes, for who has the cluster token. */
import { pipeline } from 'node:stream/promises'
import { Deed } from '../../../../schemas/access.ts'
import { errorCodes } from '../../../../schemas/errors.ts'
import { ClusterError } from '../../../cluster/errors.ts'
import { received } from '../../checks.ts'
import { isClusterToken, type ClusterDoor } from '../../cluster/serve.ts'
import { ARTIFACT_HEADER, DEED_HEADER } from '../../file-paths.ts'
import { toWire } from '../../rpc-errors.ts'
import { answer, bearerOf, bidContinue, bytesIn, type Exchange, queryOf, turnAway, unknown } from './exchange.ts'
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
const refuse = (exchange: Exchange, error: unknown): void => {
  if (!(error instanceof ClusterError)) throw error
  answer(exchange, { status: errorCodes[error.code].status, body: toWire(error) })
}

const open = async (exchange: Exchange, sha256: string, { cluster }: ClusterDoor): Promise<void> => {
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
}

const store = async (exchange: Exchange, { cluster }: ClusterDoor): Promise<void> => {
  const deed = deedOf(exchange)
  const input = {
    sha256: queryOf(exchange.request).get('sha256'),
    offset: bytesIn(exchange.request, 'offset') ?? 0,
    body: exchange.request,
  }
  bidContinue(exchange)
  const stored = () => cluster.artifacts.store(input)
  answer(exchange, { status: 200, body: await (deed === undefined ? stored() : cluster.acting(deed, stored)) })
}

/** Serves an API server. `sha256` undefined: a file is stored. */
export const serveApiServer = async (
  exchange: Exchange,
  sha256: string | undefined,
  { door, transfers, lift }: ApiFiles,
): Promise<void> => {
  const token = bearerOf(exchange.request)
  if (door === undefined || token === undefined || !isClusterToken(door, token)) return turnAway(exchange, unknown)
  const direction = sha256 === undefined ? 'in' : 'out'
  if (exchange.request.method !== (direction === 'in' ? 'POST' : 'GET'))
    return answer(exchange, { status: 405, body: 'Files are sent by POST, and read by GET.' })
  const transfer = transfers.begin('api', { ...exchange, direction, may })
  if (transfer === undefined)
    return refuse(exchange, new ClusterError('CLUSTER_UNAVAILABLE', { reason: 'too many files are transferred' }))
  try {
    lift(exchange)
    await (sha256 === undefined ? store(exchange, door) : open(exchange, sha256, door))
  } catch (error) {
    refuse(exchange, error)
  } finally {
    transfer.end()
  }
}
