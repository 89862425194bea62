/** Where a worker takes its node to be. */
import type { NodeEndpoint } from './open-socket.ts'

/** Where a node is, as far as is known; told how the worker fares there. */
export interface Whereabouts {
  /** Where to dial now. */
  endpoint(): NodeEndpoint
  /** True where the device has joined, and may find it elsewhere: a stranger at its address is then no reason to give up. */
  mayHaveMoved(): boolean
  /** What was dialled could not be reached, or is not the node. */
  missed(): void
  /** The node that was dialled has welcomed the device. */
  met(): void
  /** Nobody asks any more. */
  close(): void
}

/** A node that is where it was said to be, or nowhere. */
export const fixedAt = (endpoint: NodeEndpoint): Whereabouts => ({
  endpoint: () => endpoint,
  mayHaveMoved: () => false,
  missed: () => undefined,
  met: () => undefined,
  close: () => undefined,
})
