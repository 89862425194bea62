/** Telling the node what the device offers, where that has changed since it was told last. */
import type { Offer } from '../../schemas/device-profile.ts'
import { ClusterError, type NodeConnection, RpcError } from '../link/client/keep-connected.ts'
import type { Log } from './log.ts'

/** A node that has not answered by then hears it with the next hello, milliseconds. */
const TIMEOUT_MS = 30_000

/** What the node knows of the offer. */
export interface OfferTelling {
  /** The offer, for a hello that is about to be said. */
  forHello(): Offer
  /** Tells the offer where the node knows another. Nothing happens without a connection: the next hello says it. */
  update(): Promise<void>
}

/** Makes it. */
export const createOfferTelling = ({
  offer,
  connection,
  log,
}: {
  /** The offer as it is now. */
  readonly offer: () => Offer
  readonly connection: () => NodeConnection | undefined
  readonly log: Log
}): OfferTelling => {
  /** What was said last, as JSON. */
  let said = ''
  return {
    forHello: () => {
      const now = offer()
      said = JSON.stringify(now)
      return now
    },
    update: async () => {
      const open = connection()
      const now = offer()
      if (open?.connected() !== true || JSON.stringify(now) === said) return
      said = JSON.stringify(now)
      try {
        await open.request('device.offer', { offer: now }, TIMEOUT_MS)
      } catch (error) {
        if (error instanceof RpcError && error.failure === 'closed') return
        if (!(error instanceof RpcError) && !(error instanceof ClusterError)) throw error
        // A node of an older build: it hears a new hello.
        if (error instanceof RpcError && error.failure === 'unknown') open.renew()
        else log.warn({ err: error }, 'the node has not heard what this device offers now; the next hello says it')
      }
    },
  }
}
