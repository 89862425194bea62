/** What is told of the cluster as a whole, with its nodes. */
import type { Cluster } from '../../../cluster/cluster.ts'
import { memberShown, type Members } from '../../../cluster/ports/members.ts'

/** The cluster of one node, whose status and health tell all of them. */
export const withMembers = (cluster: Cluster, members: Members): Cluster => {
  const shown = () => members().map(memberShown)
  return {
    ...cluster,
    status: async () => ({ ...(await cluster.status()), members: shown() }),
    health: async () => ({ ...(await cluster.health()), members: shown() }),
  }
}
