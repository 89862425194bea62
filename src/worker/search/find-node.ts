/** Finds the node that has a certain key: by multicast DNS, where it was before, among the neighbours. */
import type { Browsing } from '../../link/client/browse.ts'
import { type Claim, provesKey } from '../../link/client/proves-key.ts'
import { findNeighbours } from './neighbours.ts'

/** The node that is looked for. */
export type WantedNode = {
  /** The fingerprint of its key: whoever cannot prove to have it is not the node, whatever else it tells. */
  readonly fingerprint: string
  /** Where it was met, the latest first. */
  readonly places: readonly { readonly host: string; readonly port: number }[]
  /** The port at which neighbours are asked. */
  readonly port: number
}

/** How it is looked for; tests have ways of their own. */
export type Ways = {
  browse(browsing: Browsing): Promise<void>
  provesKey: typeof provesKey
  neighbours(near: string): Promise<readonly string[]>
}

/** Milliseconds that multicast DNS is listened to. */
export const BROWSE_MS = 3000

/** So many are asked at a time. */
const AT_A_TIME = 16

/** Milliseconds that one address has for its handshake at least, and at most: an old Pi that is busy takes seconds. */
const LEAST_PROOF_MS = 1500
const MOST_PROOF_MS = 5000

/** Milliseconds after which all were asked, however many. */
const ROUND_MS = 24_000

/** What each of so many addresses has of it. */
const proofMs = (addresses: number): number =>
  Math.max(LEAST_PROOF_MS, Math.min(MOST_PROOF_MS, (ROUND_MS * AT_A_TIME) / addresses))

/** Strangers can say by multicast DNS that they are the node as often as they like: so many are asked. */
const MOST_HEARD = 64

/** The ways of this machine. */
export const systemWays: Ways = {
  // Loaded when it is needed: most workers never look for their node.
  browse: async (browsing) => (await import('../../link/client/browse.ts')).browse(browsing),
  provesKey,
  neighbours: findNeighbours,
}

/** The first of these that proves to have the key. */
const firstProven = async (claims: readonly Claim[], ways: Ways, signal: AbortSignal): Promise<Claim | undefined> => {
  const found = new AbortController()
  const either = AbortSignal.any([signal, found.signal])
  const waiting = [...claims]
  const timeoutMs = proofMs(claims.length)
  let node: Claim | undefined
  const askOn = async () => {
    for (let claim = waiting.shift(); claim !== undefined && !either.aborted; claim = waiting.shift()) {
      if (!(await ways.provesKey(claim, { timeoutMs, signal: either }))) continue
      node ??= claim
      found.abort()
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, askOn))
  return node
}

const byMulticast = async (fingerprint: string, ways: Ways, signal: AbortSignal): Promise<Claim | undefined> => {
  const found = new AbortController()
  const either = AbortSignal.any([signal, found.signal])
  const asked = new Map<string, Promise<void>>()
  let node: Claim | undefined
  const askFor = async (claim: Claim) => {
    if (!(await ways.provesKey(claim, { timeoutMs: MOST_PROOF_MS, signal: either }))) return
    node ??= claim
    found.abort()
  }
  await ways.browse({
    forMs: BROWSE_MS,
    signal: either,
    onHeard: (heard) => {
      if (heard.fingerprint !== fingerprint) return
      for (const host of heard.addresses) {
        const claim = { host, port: heard.port, fingerprint }
        const key = `${host} ${heard.port}`
        if (!asked.has(key) && asked.size < MOST_HEARD) asked.set(key, askFor(claim))
      }
    },
  })
  await Promise.all(asked.values())
  return node
}

/** Looks for a node, once in each way, for a minute at the most; undefined where it is not found. */
export const findNode = async (
  { fingerprint, places, port }: WantedNode,
  signal: AbortSignal,
  ways: Ways = systemWays,
): Promise<Claim | undefined> => {
  const remembered = async () =>
    firstProven(
      places.map((place) => ({ host: place.host, port: place.port, fingerprint })),
      ways,
      signal,
    )
  const neighbours = async () => {
    const hosts = await ways.neighbours(places[0]?.host ?? '')
    return firstProven(
      hosts.map((host) => ({ host, port, fingerprint })),
      ways,
      signal,
    )
  }
  for (const look of [() => byMulticast(fingerprint, ways, signal), remembered, neighbours]) {
    if (signal.aborted) return undefined
    const node = await look()
    if (node !== undefined) return node
  }
  return undefined
}
