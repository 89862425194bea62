/** Where devices find the nodes of a cluster. A node whose state is in a file is the only one, and has no such port. */
import type { ClusterNode } from '../../../schemas/index.ts'

/** The nodes of a cluster. */
export interface NodeDirectory {
  /**
   * The nodes, this one among them, each as the schema has it: a node that is told of wrongly would keep every device out. One that
   * is away for now stays, also where it stopped in order: a device that forgot it would be lost where the others go before it is
   * back. Only one that was taken out for good is missing.
   */
  nodes(): readonly ClusterNode[]
  /** Calls `changed` when there are other nodes than before. Returns what ends that. */
  follow(changed: () => void): () => void
}
