/** Transfers that are under way: so many at a time for each who asks, for as long as bytes flow and he may. */
import { collectSpentBuffers } from '../../../http/spent-buffers.ts'
import type { Exchange } from './exchange.ts'

/** How transfers are bounded. */
export type TransferLimits = {
  /** How many one device may have at a time. Its worker takes fewer; an API server has bounds of its own. */
  readonly mostAtATime: number
  /** Milliseconds between two looks at a transfer. */
  readonly lookMs: number
  /** So many looks in a row without a byte end it. */
  readonly missedLooks: number
}

/** What is transferred. */
export type Transfer = Exchange & {
  readonly direction: 'in' | 'out'
  /** Whether it still may. */
  readonly may: () => boolean
}

/** A transfer with its place. */
export type Begun = { end(): void }

/** The transfers of one listener. */
export interface Transfers {
  /** Takes a place among those of `holder`; undefined where he has as many as he may. Its end has to be told. */
  begin(holder: string, transfer: Transfer): Begun | undefined
  /**
   * Whoever asks anew for the same file has lost the connection on which he sent it, though nobody has noticed here: that one is
   * ended. Resolves when what came of it is on the disk.
   */
  takeOver(holder: string, sha256: string): Promise<void>
  /** Notes that `holder` sends a file, until `sent` is settled. */
  sending(holder: string, sha256: string, exchange: Exchange, sent: Promise<unknown>): void
}

const usual: TransferLimits = { mostAtATime: 16, lookMs: 10_000, missedLooks: 3 }

/** Bytes that have passed. What is still to be sent has not. */
const passed = ({ request: { socket } }: Transfer) => socket.bytesRead + socket.bytesWritten - socket.writableLength

/** True while it is the other side that has to do something; false while our own disk has. */
const waitsForOther = ({ direction, request }: Transfer) =>
  direction === 'in' ? !request.complete && request.readableLength === 0 : request.socket.writableLength > 0

/** No transfers yet. */
export const createTransfers = (given: Partial<TransferLimits> = {}): Transfers => {
  const { mostAtATime, lookMs, missedLooks } = { ...usual, ...given }
  const counts = new Map<string, number>()
  const sendings = new Map<string, { readonly exchange: Exchange; readonly ended: Promise<unknown> }>()

  /** Looks are counted, not seconds, as at links: a process that was stopped goes on where it was. */
  const watch = (transfer: Transfer) => {
    let before = passed(transfer)
    let missed = 0
    return setInterval(() => {
      const now = passed(transfer)
      missed = now === before && waitsForOther(transfer) ? missed + 1 : 0
      before = now
      if (missed >= missedLooks || !transfer.may()) transfer.request.socket.destroy()
    }, lookMs)
  }

  return {
    begin: (holder, transfer) => {
      const count = counts.get(holder) ?? 0
      if (count >= mostAtATime) return undefined
      counts.set(holder, count + 1)
      // The listener gives up a connection that is idle, as this one is while a disk is slow.
      transfer.request.socket.setTimeout(0)
      const watching = watch(transfer)
      const collectNoMore = collectSpentBuffers()
      return {
        end: () => {
          clearInterval(watching)
          collectNoMore()
          const left = (counts.get(holder) ?? 1) - 1
          if (left === 0) counts.delete(holder)
          else counts.set(holder, left)
        },
      }
    },
    takeOver: async (holder, sha256) => {
      const earlier = sendings.get(`${holder} ${sha256}`)
      if (earlier === undefined) return
      earlier.exchange.request.socket.destroy()
      await earlier.ended
    },
    sending: (holder, sha256, exchange, sent) => {
      const key = `${holder} ${sha256}`
      const ended = sent.then(
        () => undefined,
        () => undefined,
      )
      const sending = { exchange, ended }
      sendings.set(key, sending)
      void ended.then(() => {
        if (sendings.get(key) === sending) sendings.delete(key)
      })
    },
  }
}
