/** Keeps in mind where the node is, and has it looked for where it is no longer there. */
import type { NodeEndpoint } from '../../link/client/keep-connected.ts'
import type { Whereabouts } from '../../link/client/whereabouts.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

/** What is known at the start. */
export type WhereaboutsOptions = {
  readonly node: NodeEndpoint
  /** Whether the device has joined this node before. */
  readonly hasJoined: boolean
  /** Looks for the node once; undefined where it is not found. */
  readonly search: (last: NodeEndpoint, signal: AbortSignal) => Promise<NodeEndpoint | undefined>
  readonly clock: Clock
  readonly log: Log
}

/** A node that has not been reached for so long, at as many attempts, is looked for: one that restarts is back by then. */
const PATIENCE_MS = 30_000
const PATIENT_MISSES = 3

/** Between two searches; it doubles each time, so that a node that is switched off for a week is not asked after in the whole network each minute. */
const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 15 * 60_000

/** Keeps in mind where a node is that is known by its key. Its address is dialled all the while; a search runs beside. */
export const createWhereabouts = ({ node, hasJoined, search, clock, log }: WhereaboutsOptions): Whereabouts => {
  let endpoint = node
  let isJoined = hasJoined
  let misses = 0
  let firstMissMs = 0
  let nextSearchMs = -Infinity
  let pauseMs = FIRST_PAUSE_MS
  let searching: AbortController | undefined

  const look = async (signal: AbortSignal): Promise<void> => {
    const { host, port } = endpoint
    log.info({ host, port }, 'the node is not where it was; looking for it in the network')
    try {
      const found = await search(endpoint, signal)
      if (signal.aborted || found === undefined) return
      log.info({ host: found.host, port: found.port }, 'the node was found')
      endpoint = found
      // There it has as much time to answer as anywhere.
      misses = 0
    } catch (error) {
      log.warn({ err: error }, 'the search for the node failed')
    }
  }

  const begin = () => {
    const current = new AbortController()
    searching = current
    void look(current.signal).then(() => {
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
    endpoint: () => endpoint,
    mayHaveMoved: () => isJoined,
    missed: () => {
      const nowMs = clock.monotonic()
      if (misses === 0) firstMissMs = nowMs
      misses += 1
      const isLost = misses >= PATIENT_MISSES && nowMs - firstMissMs >= PATIENCE_MS
      if (isLost && searching === undefined && nowMs >= nextSearchMs) begin()
    },
    met: () => {
      end()
      isJoined = true
      misses = 0
      nextSearchMs = -Infinity
      pauseMs = FIRST_PAUSE_MS
    },
    close: end,
  }
}
