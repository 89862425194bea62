/** A cluster in this process whose node may be deposed without its knowledge: stopped, or cut off from its database. */
import type { Cluster } from '../../cluster/cluster.ts'
import { clusterOf, isRead, operationOf } from './operations.ts'
import { unavailable } from './unavailable.ts'

/**
 * Answers what is read as long as no other node can have the lease: what stands in the memory of a deposed one may be old. It is
 * asked after the look, so that it held at that moment. Changes are refused by the database itself.
 */
export const leased = (cluster: Cluster, holds: () => boolean): Cluster =>
  clusterOf(
    async (name, input) => {
      const output = await operationOf(cluster, name)?.(input)
      if (isRead(name) && !holds()) throw unavailable('this node could not prolong its lease of the database')
      return output
    },
    {
      listen: (listener) => cluster.events.listen(listener),
      onRemoved: (listener) => cluster.keys.onRemoved(listener),
      transfers: {
        store: (upload) => cluster.artifacts.store(upload),
        open: (wanted) => cluster.artifacts.open(wanted),
      },
      acting: (deed, work) => cluster.acting(deed, work),
      reachability: () =>
        holds()
          ? cluster.reachability()
          : { reachable: false, reason: 'the database does not answer', since_ms: Date.now() },
    },
  )
