/** What a worker knows of its node from one connection to the next, and from one start to the next. */
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import { isLoopback } from '../../link/address.ts'
import { fixedAt, type NodeEndpoint, type Whereabouts } from '../../link/client/keep-connected.ts'
import { systemClock } from '../../worker/clock.ts'
import { findNode } from '../../worker/search/find-node.ts'
import { createWhereabouts } from '../../worker/search/whereabouts.ts'
import { type RememberedNode, remembering, rememberNode } from './node-address.ts'

/** A node that the worker knows, or is about to meet. */
export type Acquaintance = {
  readonly whereabouts: Whereabouts
  /** Keeps where the node was met on the disk, unless it stands there. */
  keep(): Promise<void>
}

/**
 * Knows a node from now on. By its key it is looked for where it is no longer at its address; a plain node could be anybody
 * elsewhere, and one on this machine is nowhere else.
 */
export const acquaintanceWith = (known: {
  readonly node: NodeEndpoint
  readonly remembered: RememberedNode | undefined
  readonly dataDir: string
  readonly log: Logger
}): Acquaintance => {
  const { node, dataDir, log } = known
  const { fingerprint } = node
  let { remembered } = known
  let kept = remembered
  const hasJoined = fingerprint !== undefined && remembered?.fingerprint === fingerprint

  const searching = (key: string): Whereabouts =>
    createWhereabouts({
      node,
      hasJoined,
      search: (last, signal) => {
        const places = remembered?.fingerprint === key ? [remembered, ...remembered.earlier] : [last]
        return findNode({ fingerprint: key, places, port: last.port }, signal)
      },
      clock: systemClock,
      log,
    })
  const whereabouts = fingerprint === undefined || isLoopback(node.host) ? fixedAt(node) : searching(fingerprint)

  return {
    whereabouts,
    keep: async () => {
      remembered = remembering(whereabouts.endpoint(), remembered)
      if (isDeepStrictEqual(remembered, kept)) return
      try {
        await rememberNode(dataDir, remembered)
        kept = remembered
      } catch (error) {
        // It works all the same; only the next start may need --join and --token again.
        log.warn({ err: error }, 'where the node is could not be kept')
      }
    },
  }
}
