/** Finds connections whose other side has vanished without a word (half-open, RFC 1122 §4.2.3.6 calls it). */
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'

/** How silence is watched. */
export type SilenceWatch = {
  readonly socket: WebSocket
  /** The TCP connection under it. */
  readonly transport: Socket
  /** Milliseconds between two looks. */
  readonly intervalMs: number
  /** So many looks in a row without a sign of life are silence. */
  readonly missedLooks: number
  /** Called at every look that is not the last. */
  readonly onLook?: () => void
  /** Called once. */
  readonly onSilence: () => void
}

/**
 * Looks at a connection at intervals until it closes. Any byte received is a sign of life, and so is a send buffer that
 * shrinks: on a slow network a pong waits behind megabytes of a task's input. Looks are counted, not seconds: a process
 * that was stopped for an hour and goes on finds one look missed, and the bytes that came meanwhile at the next.
 */
export const watchSilence = (watch: SilenceWatch): void => {
  const { socket, transport } = watch
  let read = transport.bytesRead
  let buffered = socket.bufferedAmount
  let missed = 0

  const look = () => {
    // A paused socket is silent because we do not read.
    const alive = transport.bytesRead > read || socket.bufferedAmount < buffered || socket.isPaused
    read = transport.bytesRead
    missed = alive ? 0 : missed + 1
    if (missed >= watch.missedLooks) {
      clearInterval(timer)
      watch.onSilence()
      return
    }
    // Before the ping of this look: under TLS it is in the buffer for a moment, and leaving it would count as a sign of life.
    buffered = socket.bufferedAmount
    watch.onLook?.()
  }
  const timer = setInterval(look, watch.intervalMs)
  socket.once('close', () => clearInterval(timer))
}
