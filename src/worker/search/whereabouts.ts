/** Keeps in mind where the nodes are, to which of them to go, and has the last one looked for where none is there any more. */
import { isLoopback } from '../../link/address.ts'
import type { NodeEndpoint } from '../../link/client/keep-connected.ts'
import type { Whereabouts } from '../../link/client/whereabouts.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { believed, isSame, joinedWith, type KeyedNode, shuffled } from './node-list.ts'

/** Some nodes, one or more. */
export type Nodes = readonly [NodeEndpoint, ...NodeEndpoint[]]

/** What is known at the start. */
export type WhereaboutsOptions = {
  /** The nodes of the cluster; the first is looked for where none is there. */
  readonly nodes: Nodes
  /** Whether the device has joined them before. */
  readonly hasJoined: boolean
  /** Looks for a node once; undefined where it is not found. */
  readonly search: (last: KeyedNode, signal: AbortSignal) => Promise<NodeEndpoint | undefined>
  /** Random, in [0, 1). */
  readonly share?: () => number
  readonly clock: Clock
  readonly log: Log
}

/** Where the nodes are, and which one the device is with. */
export interface KnownNodes extends Whereabouts {
  /** The node that was met last. */
  home(): NodeEndpoint
  /** All nodes that are known. */
  all(): readonly NodeEndpoint[]
}

/** A node that has not been reached for so long, at as many attempts, is looked for: one that restarts is back by then. */
const PATIENCE_MS = 30_000
const PATIENT_MISSES = 3

/** Between two searches; it doubles each time, so that a node that is switched off for a week is not asked after in the whole network each minute. */
const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 15 * 60_000

/**
 * A device knows so many nodes, where it ever knew as many: of a cluster that is switched off node by node it would else be told in
 * the end of the last one alone, and be lost if that one does not come back.
 */
const LEAST_KNOWN = 3

/** By its key a node is known elsewhere too. A plain one could be anybody there, and one on this machine is nowhere else. */
const isFindable = (node: NodeEndpoint): node is KeyedNode => node.fingerprint !== undefined && !isLoopback(node.host)

/**
 * Keeps in mind where the nodes are. Their addresses are dialled all the while, each in its turn, in an order that is this device's
 * own: so the devices of a cluster spread over its nodes, and those of a node that is gone over the others. A search runs beside.
 */
export const createWhereabouts = (options: WhereaboutsOptions): KnownNodes => {
  const { search, share = Math.random, clock, log } = options
  /** The first is dialled. */
  let order: readonly NodeEndpoint[] = shuffled(options.nodes, share)
  let [home] = options.nodes
  let isJoined = options.hasJoined
  /** Attempts in a row at which somebody else was met. */
  let strangers = 0
  let misses = 0
  let firstMissMs = 0
  let nextSearchMs = -Infinity
  let pauseMs = FIRST_PAUSE_MS
  let searching: AbortController | undefined

  const endpoint = () => order[0] ?? home

  const look = async (node: KeyedNode, signal: AbortSignal): Promise<void> => {
    const { host, port } = node
    log.info({ host, port }, 'the node is not where it was; looking for it in the network')
    try {
      const found = await search(node, signal)
      if (signal.aborted || found === undefined) return
      log.info({ host: found.host, port: found.port }, 'the node was found')
      order = [found, ...order.filter((other) => !isSame(other, node) && !isSame(other, found))]
      home = found
      // There it has as much time to answer as anywhere.
      misses = 0
    } catch (error) {
      log.warn({ err: error }, 'the search for the node failed')
    }
  }

  const begin = (node: KeyedNode) => {
    const current = new AbortController()
    searching = current
    void look(node, current.signal).then(() => {
      if (searching !== current) return
      searching = undefined
      nextSearchMs = clock.monotonic() + pauseMs
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
    })
  }

  const end = () => {
    searching?.abort()
    searching = undefined
  }

  return {
    endpoint,
    count: () => order.length,
    home: () => home,
    all: () => order,
    mayHaveMoved: () => (isJoined && isFindable(home)) || (order.length > 1 && strangers < order.length),
    missed: (wrongKey) => {
      const nowMs = clock.monotonic()
      strangers = wrongKey === undefined ? 0 : strangers + 1
      if (misses === 0) firstMissMs = nowMs
      misses += 1
      const isLost = misses >= PATIENT_MISSES && nowMs - firstMissMs >= PATIENCE_MS
      if (isLost && isFindable(home) && searching === undefined && nowMs >= nextSearchMs) begin(home)
    },
    left: (node) => {
      // What was found meanwhile is dialled first.
      if (isSame(node, endpoint())) order = [...order.slice(1), node]
    },
    met: (node) => {
      end()
      home = node
      // Another may have been found meanwhile.
      order = joinedWith([node], order)
      isJoined = true
      strangers = 0
      misses = 0
      nextSearchMs = -Infinity
      pauseMs = FIRST_PAUSE_MS
    },
    told: (nodes) => {
      const now = believed(home, nodes)
      if (now.length === 0) {
        log.warn(
          { ...home, nodes: nodes.length },
          'a list of nodes is ignored: nobody vouches for it, or it names none',
        )
        return
      }
      const listed = joinedWith([home], now)
      const [, ...others] = joinedWith(listed, order).slice(0, Math.max(LEAST_KNOWN, listed.length))
      if (others.length + 1 === order.length && others.every((one) => order.some((known) => isSame(one, known)))) return
      log.info({ nodes: now.map(({ host, port }) => ({ host, port })) }, 'there are other nodes than before')
      order = [home, ...shuffled(others, share)]
    },
    close: end,
  }
}
