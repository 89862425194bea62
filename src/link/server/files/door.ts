/** Where files come in and go out over the port of the link. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FileGate } from '../../../cluster/ports/file-gate.ts'
import type { Log } from '../../../cluster/ports/log.ts'
import type { ClusterDoor } from '../../cluster/serve.ts'
import { CLUSTER_FILES, DEVICE_FILES, hashIn } from '../../file-paths.ts'
import { pathOf } from '../handshake.ts'
import { serveApiServer } from './api-files.ts'
import { serveDevice } from './device-files.ts'
import { answer, type Exchange } from './exchange.ts'
import { createTransfers, type TransferLimits } from './transfers.ts'

/** What the door opens to. */
export type FileDoorOptions = {
  /** For devices; undefined: none may. */
  readonly gate: FileGate | undefined
  /** For API servers elsewhere; undefined: none may speak for this node. */
  readonly door: ClusterDoor | undefined
  readonly lift: (request: IncomingMessage) => void
  readonly limits: Partial<TransferLimits>
  readonly log: Log
}

/** An API server answers for what its own callers may have at a time. */
const MOST_OF_APIS = 1000

const isUnder = (path: string, base: string) => path === base || path.startsWith(`${base}/`)

/** Serves requests for files. It returns false for any other, which it leaves alone. */
export const createFileDoor = (
  options: FileDoorOptions,
): ((request: IncomingMessage, response: ServerResponse) => boolean) => {
  const { gate, door, limits, log } = options
  const lift = ({ request }: Exchange) => options.lift(request)
  const devices = { gate, transfers: createTransfers(limits), lift }
  const apis = { door, transfers: createTransfers({ ...limits, mostAtATime: MOST_OF_APIS }), lift }

  const serve = async (exchange: Exchange, path: string) => {
    const { request, response } = exchange
    try {
      const told = await (isUnder(path, DEVICE_FILES)
        ? serveDevice(exchange, hashIn(path, DEVICE_FILES), devices)
        : serveApiServer(exchange, hashIn(path, CLUSTER_FILES), apis))
      if (told !== undefined) answer(exchange, told)
    } catch (error) {
      // Whoever was to be told is gone.
      if (request.socket.destroyed) log.debug({ err: error, path }, 'a transfer broke off')
      else log.error({ err: error, path }, 'a file could not be served')
      if (response.headersSent) response.destroy()
      else answer(exchange, { status: 500, body: 'Something failed inside the node. Its log has the cause.' })
    }
  }

  return (request, response) => {
    const path = pathOf(request)
    if (!isUnder(path, DEVICE_FILES) && !isUnder(path, CLUSTER_FILES)) return false
    void serve({ request, response }, path)
    return true
  }
}
