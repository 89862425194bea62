/** Heartbeats as fast as they are taken: each link sends a few, and the next ones when the other side has read these. */
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { telemetryOf } from './telemetry.ts'

/** Heartbeats in one segment: as many as come together where a node is busy for a moment. */
const BURST = 4
/** Different heartbeats, made beforehand: the side that sends should cost less than the one that reads. */
const FRAMES = 512

const frames = Array.from({ length: FRAMES }, (_, n) =>
  Buffer.from(JSON.stringify({ jsonrpc: '2.0', method: 'device.heartbeat', params: { telemetry: telemetryOf(n, n) } })),
)

/** A link, and the TCP connection under it. */
export type Line = { readonly socket: WebSocket; readonly transport: Socket }

/** Floods the links for so long. Resolves with the heartbeats a second that were read: a ping behind them is answered in order (RFC 6455 §5.5.2). */
export const flood = async (lines: readonly Line[], seconds: number): Promise<number> => {
  let read = 0
  let isOver = false
  let next = 0
  const send = ({ socket, transport }: Line) => {
    transport.cork()
    for (let n = 0; n < BURST; n += 1) socket.send(frames[next++ % FRAMES] ?? '', { binary: false })
    socket.ping()
    transport.uncork()
  }
  const begunMs = performance.now()
  await Promise.all(
    lines.map(
      (line) =>
        new Promise<void>((resolve) => {
          const onPong = () => {
            if (!isOver) read += BURST
            if (!isOver) send(line)
            else {
              line.socket.off('pong', onPong)
              resolve()
            }
          }
          line.socket.on('pong', onPong)
          send(line)
          if (line === lines[0]) setTimeout(() => (isOver = true), seconds * 1000)
        }),
    ),
  )
  return read / Math.min(seconds, (performance.now() - begunMs) / 1000)
}
