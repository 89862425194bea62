/** The far end of one stream: writes what it is given, and lets go of a client that does not read. */
import type { ServerResponse } from 'node:http'

/** A client that is further behind than this is closed (CONTRACT.md §6). Bytes. */
export const BEHIND_LIMIT = 1024 * 1024

/** A client that does not take the last bytes is cut off after so long, when the server stops. */
const FAREWELL_MS = 1000

/** One client that reads a stream. */
export interface Reader {
  /** Sends what has happened, in one write. Closes a client that is too far behind. */
  send(frames: Buffer): void
  /** Sends frames in one write, however many: the caller waits for {@link drained} before it sends more. */
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
  const isGone = () => response.destroyed || response.writableEnded
  const cutOff = () => {
    if (isGone()) return
    onCutOff()
    response.destroy()
  }

  return {
    send: (frames) => {
      if (frames.length === 0 || isGone()) return
      if (response.writableLength + frames.length > BEHIND_LIMIT) cutOff()
      else response.write(frames)
    },
    sendAll: (frames) => {
      if (frames.length > 0 && !isGone()) response.write(Buffer.concat(frames))
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
        if (!response.writableEnded) response.end(lastBytes)
      })
    },
  }
}
