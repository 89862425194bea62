/** `retire-cluster cluster`: the cluster as a whole. */
import type { ClusterStatus } from '../../../schemas/cluster.ts'
import { command, type CommandGroup } from './command.ts'
import { printRecord } from './output.ts'

/** The commands of the group. */
export const commands: CommandGroup = [
  command({
    name: 'status',
    summary: 'Devices, resources and tasks in figures.',
    flags: {},
    run: async ({ api, format }) => {
      const { cluster_stats } = await api<ClusterStatus>({ method: 'GET', path: '/cluster/status' })
      await printRecord(format, cluster_stats)
    },
  }),
]
