/** A node among others on one database, as it is seen from outside: one of them has the lease and writes. */
import type { ClusterNode, ConfigPatch } from '../../schemas/index.ts'
import type { FileStore } from '../cluster/ports/files.ts'
import type { Member } from '../cluster/ports/members.ts'
import type { Store, StoreError } from '../cluster/ports/store.ts'

/** Where a node is reached, and what it is. */
export type Introduction = Pick<Member, 'host' | 'port' | 'fingerprint' | 'version'>

/** What is kept for all nodes: with what devices join, with what nodes and API servers speak with a node, and with what the worker joins that a node starts. */
export type SecretName = 'join-token' | 'cluster-token' | 'local-token'

/** What a node sees of the cluster. */
export type Glance = {
  /** Those that have told within a minute that they live. */
  readonly members: readonly Member[]
  /** All that there are, where devices find them, also those that are away for now. */
  readonly nodes: readonly ClusterNode[]
  /** Milliseconds until the lease is over, unless it is prolonged; 0: it is, or nobody has it. */
  readonly leftMs: number
  /** The version of the schema. */
  readonly schema: number
}

/** The store of the node that has the lease. */
export type Seat = {
  readonly store: Store
  readonly files: FileStore
  /** True as long as no other node can have the lease, by the clock of this machine: it does not ask. */
  holds(): boolean
}

/** A node among others. */
export type Membership = {
  /** Made anew at each start. */
  readonly id: string
  /** A secret as the cluster has it; that of the first node that asks becomes it. */
  secret(name: SecretName, own: string): Promise<string>
  /** What `PUT /config` stored, as of the start of this node. */
  readonly storedConfig: ConfigPatch
  /** Tells the others where it is, and `onGlance` what it sees of them, about once a second. */
  enter(introduction: Introduction, onGlance: (glance: Glance) => void): void
  /** Looks at once. */
  wake(): void
  /**
   * Takes the lease, and opens the store; undefined where another node was faster, or a newer version has written to the database.
   * @param onBroken - hears once that nothing can be written any more: another node has the lease, or the store can't be trusted
   */
  takeOver(onBroken: (error: StoreError) => void): Promise<Seat | undefined>
  /** Ends it. The store, where there is one, has been closed before. */
  leave(): Promise<void>
}
