/** Where files come in and go out over the port of the link. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ClusterError } from '../../../cluster/errors.ts'
import type { FileGate } from '../../../cluster/ports/file-gate.ts'
import type { Log } from '../../../cluster/ports/log.ts'
import type { ClusterDoor } from '../../cluster/serve.ts'
import { CLUSTER_FILES, DEVICE_FILES, hashIn } from '../../file-paths.ts'
import { pathOf } from '../handshake.ts'
import { serveApiServer } from './api-files.ts'
import { serveDevice } from './device-files.ts'
import type { NodeEndpoint } from '../../client/open-socket.ts'
import { answer, type Answer, type Exchange } from './exchange.ts'
import { passOn } from './pass-on.ts'
import { createTransfers, type TransferLimits } from './transfers.ts'

/** Where devices come with files: in this process, or at the port of another node; undefined: none may; `away`: nobody is there now. */
export type DeviceFileDoor = FileGate | NodeEndpoint | 'away' | undefined

/** What the door opens to. */
export type FileDoorOptions = {
  /** For devices. */
  readonly gate: () => DeviceFileDoor
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
  const devices = { transfers: createTransfers(limits), lift }
  const apis = { door, transfers: createTransfers({ ...limits, mostAtATime: MOST_OF_APIS }), lift }

  const serveDeviceSomewhere = async (exchange: Exchange, path: string): Promise<Answer | undefined> => {
    const there = gate()
    // As with a node that is lost: the device tries again.
    if (there === 'away') exchange.request.socket.destroy()
    else if (there !== undefined && 'host' in there) passOn(exchange, there, lift, log)
    else return serveDevice(exchange, hashIn(path, DEVICE_FILES), { ...devices, gate: there })
    return undefined
  }

  const serve = async (exchange: Exchange, path: string) => {
    const { request, response } = exchange
    try {
      const told = await (isUnder(path, DEVICE_FILES)
        ? serveDeviceSomewhere(exchange, path)
        : serveApiServer(exchange, hashIn(path, CLUSTER_FILES), apis))
      if (told !== undefined) answer(exchange, told)
    } catch (error) {
      // As with a node that is lost: the device tries again.
      if (error instanceof ClusterError && error.code === 'CLUSTER_UNAVAILABLE') request.socket.destroy()
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
