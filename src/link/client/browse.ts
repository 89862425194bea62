/** Looks for nodes in the networks of this machine, by multicast DNS: src/link/dns-sd.ts has what they tell. */
import { createSocket } from 'node:dgram'
import { encode } from 'dns-packet'
import { type HeardNode, heardNodes, MULTICAST, packetIn, question } from '../dns-sd.ts'
import { type OwnNetwork, ownNetworks } from '../own-addresses.ts'

/** How it is looked for nodes. */
export type Browsing = {
  /** Milliseconds. */
  readonly forMs: number
  /** Ends it earlier. */
  readonly signal: AbortSignal
  /** Called for each answer; a node that answers again is told again. */
  readonly onHeard: (node: HeardNode) => void
  /** For tests: the networks of this machine, and another port than that of multicast DNS. */
  readonly networks?: () => Promise<readonly OwnNetwork[]>
  readonly multicastPort?: number
}

/** A question is asked again so many milliseconds later: radio loses multicasts, and once a second is allowed (RFC 6762 §5.2). */
const AGAIN_MS = 1000

/**
 * Asks in one network until `signal`. It asks from a port of its own, so that whoever answers does so to it alone (RFC 6762 §6.7):
 * nothing need be joined, which Android lets no app do without a lock.
 */
const askIn = (address: string, { signal, onHeard, multicastPort = MULTICAST.port }: Browsing): Promise<void> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4')
    const bytes = encode(question)
    let again: NodeJS.Timeout | undefined
    let isOver = false
    const end = () => {
      if (isOver) return
      isOver = true
      clearInterval(again)
      signal.removeEventListener('abort', end)
      socket.close()
      resolve()
    }
    const ask = () => {
      try {
        socket.setMulticastInterface(address)
        socket.send(bytes, multicastPort, MULTICAST.address, () => undefined)
      } catch {
        // The interface has just gone: nobody is heard there.
        end()
      }
    }
    socket.on('message', (packet, from) => {
      const answer = packetIn(packet)
      if (answer?.type === 'response') for (const node of heardNodes(answer, from.address)) onHeard(node)
    })
    socket.on('error', end)
    signal.addEventListener('abort', end)
    socket.bind({ address, port: 0 }, () => {
      if (isOver) return
      // RFC 6762 §11: answers go to who is on the link, and shows it.
      socket.setMulticastTTL(255)
      again = setInterval(ask, AGAIN_MS)
      ask()
    })
  })

/** Looks for nodes in all networks of this machine. Resolves when its time is over, or there is nowhere to look. */
export const browse = async (browsing: Browsing): Promise<void> => {
  const { forMs, networks = ownNetworks } = browsing
  const signal = AbortSignal.any([browsing.signal, AbortSignal.timeout(forMs)])
  if (signal.aborted) return
  const places = await networks()
  await Promise.all(places.map(({ address }) => askIn(address, { ...browsing, signal })))
}
