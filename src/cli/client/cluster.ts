/** `retire-cluster cluster`: the cluster as a whole. */
import { MetricsQuery } from '../../../schemas/cluster.ts'
import { optional } from '../options/flag.ts'
import { ofSchema } from '../options/readers.ts'
import { named } from './api.ts'
import { command, type CommandGroup } from './command.ts'
import { printRecord } from './output.ts'

const query = MetricsQuery.properties

/** The commands of the group. */
export const commands: CommandGroup = [
  command({
    name: 'status',
    summary: 'Devices, resources and tasks in figures.',
    watchable: true,
    flags: {},
    examples: ['retire-cluster cluster status --watch'],
    run: async ({ api, output }) => {
      const { cluster_stats } = await api.call('getClusterStatus', {})
      await printRecord(output, cluster_stats)
    },
  }),
  command({
    name: 'health',
    summary: 'A check of each part of the cluster.',
    watchable: true,
    flags: {},
    examples: ['retire-cluster cluster health --output json'],
    run: async ({ api, output }) => printRecord(output, await api.call('getClusterHealth', {})),
  }),
  command({
    name: 'metrics',
    summary: 'Processors, memory, network, storage and tasks over a period.',
    watchable: true,
    flags: {
      period: optional(ofSchema(query.period, ''), 'The span of time, up to now.', '1h'),
      type: optional(ofSchema(query.type, ''), 'Only this resource; the tasks stay.', 'all'),
    },
    examples: ['retire-cluster cluster metrics --period 24h --type cpu'],
    run: async ({ api, output }, values) => {
      const { metrics } = await api.call('getClusterMetrics', { query: named(values) })
      await printRecord(output, metrics)
    },
  }),
]
