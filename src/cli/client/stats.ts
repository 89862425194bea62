/** `retire-cluster stats`: how tasks ended, and how devices were used. */
import { DeviceStatsQuery, TaskStatsQuery } from '../../../schemas/stats.ts'
import { optional } from '../options/flag.ts'
import { ofSchema } from '../options/readers.ts'
import { named } from './api.ts'
import { command, type CommandGroup } from './command.ts'
import { printRecord } from './output.ts'

const query = TaskStatsQuery.properties

/** The commands of the group. */
export const commands: CommandGroup = [
  command({
    name: 'tasks',
    summary: 'How the tasks of a period ended, by device, type or hour.',
    watchable: true,
    flags: {
      period: optional(ofSchema(query.period, ''), 'The span of time, up to now.', '24h'),
      group_by: optional(ofSchema(query.group_by, ''), 'By what they are counted.', 'device'),
    },
    examples: ['retire-cluster stats tasks --period 7d --group-by task_type'],
    run: async ({ api, output }, values) => {
      const { task_stats } = await api.call('getTaskStats', { query: named(values) })
      await printRecord(output, task_stats)
    },
  }),
  command({
    name: 'devices',
    summary: 'How the devices were used in a period, and which did best.',
    watchable: true,
    flags: {
      period: optional(ofSchema(DeviceStatsQuery.properties.period, ''), 'The span of time, up to now.', '24h'),
    },
    examples: ['retire-cluster stats devices --period 7d'],
    run: async ({ api, output }, values) => {
      const { device_stats } = await api.call('getDeviceStats', { query: named(values) })
      await printRecord(output, device_stats)
    },
  }),
]
