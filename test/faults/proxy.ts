/** A TCP proxy between a worker and its node that makes the network fail: it delays, holds, cuts, and leaves connections half open. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Which way bytes go. */
export type Direction = 'to_node' | 'to_device'

/** A network that can fail. */
export interface Proxy {
  readonly port: number
  /** All is well again: what was held goes on, and who dials gets through. */
  heal(): void
  /**
   * Nothing goes through, in both directions or in one, and nothing is lost: so it is for TCP when a network is away for less
   * than the system's own patience. Who dials is answered by nobody.
   */
  hold(...directions: readonly Direction[]): void
  /** Lets so many bytes through on each connection in this direction, and holds the rest. */
  holdAfter(direction: Direction, bytes: number): void
  /** Resets all connections, and each new one at once. */
  cut(): void
  /** Resets one end of each connection; the other never hears of it. Who dials gets through. */
  halfOpen(resetEnd: 'device' | 'node'): void
  /** Every piece takes so long, milliseconds, in both directions. */
  delay(delayMs: number): void
  close(): Promise<void>
}

type Pair = { readonly device: Socket; readonly node: Socket }

const both: readonly Direction[] = ['to_node', 'to_device']

/** Opens a proxy in front of a port of this machine, on a port of its own. */
export const openProxy = async (target: number, port = 0): Promise<Proxy> => {
  const pairs = new Set<Pair>()
  let held = new Set<Direction>()
  let isCut = false
  let delayMs = 0
  const passable = new Map<Direction, number>()
  /** Ends that reset while the network was away: the other side hears of it when it is back. */
  const unheard = new Set<Socket>()

  const flow = (from: Socket, to: Socket, direction: Direction) => {
    let passed = 0
    const isHeld = () => held.has(direction) || passed >= (passable.get(direction) ?? Infinity)
    from.on('data', (piece: Buffer) => {
      passed += piece.length
      const send = () => {
        if (!to.destroyed && !to.write(piece)) {
          from.pause()
          to.once('drain', () => {
            if (!isHeld()) from.resume()
          })
        }
      }
      // Timers of one length fire in the order in which they were set.
      if (delayMs === 0) send()
      else setTimeout(send, delayMs)
      if (isHeld()) from.pause()
    })
    from.on('error', () => undefined)
    from.once('close', () => {
      if (held.has(direction)) unheard.add(to)
      else to.destroy()
    })
    if (held.has(direction)) from.pause()
  }

  const server = createServer({ allowHalfOpen: false }, (device) => {
    if (isCut) {
      device.on('error', () => undefined)
      device.resetAndDestroy()
      return
    }
    const node = connect(target, '127.0.0.1')
    const pair = { device, node }
    pairs.add(pair)
    device.setNoDelay(true)
    node.setNoDelay(true)
    flow(device, node, 'to_node')
    flow(node, device, 'to_device')
    const forget = () => {
      if (device.destroyed && node.destroyed) pairs.delete(pair)
    }
    device.once('close', forget)
    node.once('close', forget)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))

  const setHeld = (directions: readonly Direction[]) => {
    held = new Set(directions)
    for (const { device, node } of pairs) {
      if (held.has('to_node')) device.pause()
      else device.resume()
      if (held.has('to_device')) node.pause()
      else node.resume()
    }
  }

  return {
    port: (server.address() as AddressInfo).port,
    heal: () => {
      isCut = false
      delayMs = 0
      passable.clear()
      setHeld([])
      for (const socket of unheard) socket.destroy()
      unheard.clear()
    },
    hold: (...directions) => setHeld(directions.length === 0 ? both : directions),
    holdAfter: (direction, bytes) => void passable.set(direction, bytes),
    cut: () => {
      isCut = true
      for (const { device, node } of pairs) {
        device.resetAndDestroy()
        node.resetAndDestroy()
      }
    },
    halfOpen: (resetEnd) => {
      for (const pair of pairs) {
        const other = resetEnd === 'device' ? pair.node : pair.device
        pair[resetEnd].removeAllListeners('close')
        pair[resetEnd].resetAndDestroy()
        // It waits for somebody who is gone; when the network is well again, it may find out.
        unheard.add(other)
      }
    },
    delay: (ms) => {
      delayMs = ms
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const { device, node } of pairs) {
        device.destroy()
        node.destroy()
      }
      await closed
    },
  }
}
