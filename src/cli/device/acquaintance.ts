/** What a worker knows of its nodes from one connection to the next, and from one start to the next. */
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import { systemClock } from '../../worker/clock.ts'
import { findNode } from '../../worker/search/find-node.ts'
import { createWhereabouts, type KnownNodes } from '../../worker/search/whereabouts.ts'
import type { NodesToJoin } from './nodes-to-join.ts'
import { remembering, rememberNode } from './remembered-node.ts'

/** Nodes that the worker knows, or is about to meet. */
export type Acquaintance = {
  readonly whereabouts: KnownNodes
  /** Keeps where the node was met on the disk, and which others there are, unless it stands there. */
  keep(): Promise<void>
}

/** Knows the nodes from now on. */
export const acquaintanceWith = (
  known: NodesToJoin & { readonly dataDir: string; readonly log: Logger },
): Acquaintance => {
  const { nodes, dataDir, log } = known
  let { remembered } = known
  let kept = remembered
  const hasMet = (fingerprint: string) =>
    remembered !== undefined && [remembered, ...remembered.others].some((node) => node.fingerprint === fingerprint)

  const whereabouts = createWhereabouts({
    nodes,
    hasJoined: nodes.some(({ fingerprint }) => fingerprint !== undefined && hasMet(fingerprint)),
    search: (last, signal) => {
      const { fingerprint, port } = last
      const places = remembered?.fingerprint === fingerprint ? [remembered, ...remembered.earlier] : [last]
      return findNode({ fingerprint, places, port }, signal)
    },
    clock: systemClock,
    log,
  })

  return {
    whereabouts,
    keep: async () => {
      remembered = remembering(whereabouts.home(), remembered, whereabouts.all())
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
