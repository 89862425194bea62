/** Links that have not been let in: bounded, so that a stranger who opens thousands of them costs little and shuts no device out. */
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'

/** A household's devices greet within a second; after a power cut all of them at once. */
const MOST_GREETING = 1000

/** Links that have not been let in. */
export interface Greetings {
  /**
   * A link is open, and its other end unknown.
   * @param mostBytes - what may come of it before it is let in; beyond that it is ended
   * @returns what tells that it has been let in
   */
  begin(socket: WebSocket, transport: Socket, mostBytes: number): () => void
  /** Ends the link that has waited longest. Returns false where none waits. */
  endLongest(): boolean
}

/** Nobody waits. */
export const createGreetings = (most = MOST_GREETING): Greetings => {
  const greeting = new Set<WebSocket>()
  const endLongest = () => {
    const [longest] = greeting
    if (longest === undefined) return false
    greeting.delete(longest)
    longest.terminate()
    return true
  }
  return {
    begin: (socket, transport, mostBytes) => {
      const before = transport.bytesRead
      const count = () => {
        if (transport.bytesRead - before > mostBytes) socket.terminate()
      }
      const over = () => {
        greeting.delete(socket)
        transport.off('data', count)
      }
      greeting.add(socket)
      transport.on('data', count)
      socket.once('close', over)
      if (greeting.size > most) endLongest()
      return over
    },
    endLongest,
  }
}
