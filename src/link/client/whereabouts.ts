/** Where a worker takes its node, or the nodes of its cluster, to be. */
import type { WrongKey } from '../pinned-request.ts'
import type { NodeEndpoint } from './open-socket.ts'

/** Where a node is, as far as is known; told how the worker fares there. Of several nodes it says to which one to go. */
export interface Whereabouts {
  /** Where to dial now. */
  endpoint(): NodeEndpoint
  /** How many nodes there are to dial. */
  count(): number
  /** True where the device may find its node elsewhere: a stranger at one address is then no reason to give up. */
  mayHaveMoved(): boolean
  /** What was dialled could not be reached, or, with `wrongKey`, is not the node. */
  missed(wrongKey?: WrongKey): void
  /** The device has no more to do with the node that was dialled there: another one is dialled next, where there is one. */
  left(node: NodeEndpoint): void
  /** The node that was dialled there has welcomed the device. */
  met(node: NodeEndpoint): void
  /** The node that was met tells which nodes there are. */
  told(nodes: readonly NodeEndpoint[]): void
  /** Nobody asks any more. */
  close(): void
}

/** A node that is where it was said to be, or nowhere, and the only one. */
export const fixedAt = (endpoint: NodeEndpoint): Whereabouts => ({
  endpoint: () => endpoint,
  count: () => 1,
  mayHaveMoved: () => false,
  missed: () => undefined,
  left: () => undefined,
  met: () => undefined,
  told: () => undefined,
  close: () => undefined,
})
