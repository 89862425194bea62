/** The nodes of one cluster, as the domain sees them: those that share its database. */

import type { ClusterMember } from '../../../schemas/index.ts'

/** A node. */
export interface Member {
  /** Made anew at each start of its process. */
  readonly id: string
  /** Where devices and the other nodes reach it. */
  readonly host: string
  readonly port: number
  /** The fingerprint of its key; null where it speaks plain. */
  readonly fingerprint: string | null
  /** Version of the product. */
  readonly version: string
  /** True for the one that holds the lease. */
  readonly schedules: boolean
  /** When it last told that it lives, epoch milliseconds by the clock of the database. */
  readonly lastSeenMs: number
}

/** A node as users see it. */
export const memberShown = ({ id, host, port, version, schedules, lastSeenMs }: Member): ClusterMember => ({
  id,
  host,
  port,
  version,
  schedules,
  last_seen: new Date(lastSeenMs).toISOString(),
})

/** All that have told so lately. */
export type Members = () => readonly Member[]
