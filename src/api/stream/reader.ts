/** The far end of one stream: writes what it is given, and lets go of a client that does not read. */
import type { ServerResponse } from 'node:http'

/** A client that is further behind than this is closed (CONTRACT.md §6). Bytes. */
export const BEHIND_LIMIT = 1024 * 1024

/** A client that does not take the last bytes is cut off after so long, when the server stops. */
const FAREWELL_MS = 1000

/** One client that reads a stream. */
export interface Reader {
  /** Sends a frame at the end of this turn of the event loop, in one write with the others of it. Closes a client that is too far behind. */
  send(frame: Buffer): void
  /** Sends frames at once, however many: the caller waits for {@link drained} before it sends more. */
  sendAll(frames: readonly Buffer[]): void
  /** Resolves true when the client has taken what was sent, false when it is gone. */
  drained(): Promise<boolean>
  /** Closes a client that is too far behind. */
  cutOff(): void
  /** Ends the stream with these bytes. Resolves when the connection is closed. */
  end(lastBytes: Buffer): Promise<void>
}

/** @param onCutOff - called once, before a client is closed that is too far behind */
export const createReader = (response: ServerResponse, onCutOff: () => void): Reader => {
  let waiting: Buffer[] = []
  let waitingBytes = 0
  const isGone = () => response.destroyed || response.writableEnded

  const flush = () => {
    if (waiting.length === 0) return
    const bytes = Buffer.concat(waiting, waitingBytes)
    waiting = []
    waitingBytes = 0
    if (!isGone()) response.write(bytes)
  }
  const cutOff = () => {
    if (isGone()) return
    onCutOff()
    response.destroy()
  }

  return {
    send: (frame) => {
      if (isGone()) return
      if (response.writableLength + waitingBytes + frame.length > BEHIND_LIMIT) {
        cutOff()
        return
      }
      if (waiting.length === 0) setImmediate(flush)
      waiting.push(frame)
      waitingBytes += frame.length
    },
    sendAll: (frames) => {
      for (const frame of frames) {
        waiting.push(frame)
        waitingBytes += frame.length
      }
      flush()
    },
    drained: () => {
      if (isGone()) return Promise.resolve(false)
      if (!response.writableNeedDrain) return Promise.resolve(true)
      return new Promise((resolve) => {
        const settle = () => {
          response.off('drain', settle).off('close', settle)
          resolve(!isGone())
        }
        response.on('drain', settle).on('close', settle)
      })
    },
    cutOff,
    end: (lastBytes) => {
      if (response.destroyed) return Promise.resolve()
      return new Promise((resolve) => {
        const late = setTimeout(() => response.destroy(), FAREWELL_MS)
        const { socket } = response
        response.once('close', () => {
          clearTimeout(late)
          // Kept alive, it would hold up the server that stops.
          socket?.destroySoon()
          resolve()
        })
        if (response.writableEnded) return
        flush()
        response.end(lastBytes)
      })
    },
  }
}
