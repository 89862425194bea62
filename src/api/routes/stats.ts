/** How tasks ended and devices were used, over a period. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginCallback } from 'fastify'
import { DeviceStatsQuery, TaskStatsQuery } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { DeviceStatsAnswer, TaskStatsAnswer } from '../answers.ts'
import { deviceStats, taskStats } from '../examples/stats.ts'
import { operation } from '../operation/json.ts'

/** `/stats/…`. */
const statsRoutes: FastifyPluginCallback<{ readonly cluster: Pick<Cluster, 'stats'> }> = (
  instance,
  { cluster },
  done,
) => {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()

  app.get(
    '/stats/tasks',
    operation({
      id: 'getTaskStats',
      tag: 'statistics',
      scope: 'read',
      summary: 'How the tasks of a period ended',
      description: 'Over the tasks that reached their final state in the period, by device, type or hour.',
      query: TaskStatsQuery,
      answer: TaskStatsAnswer,
      example: { data: taskStats },
    }),
    ({ query }) => cluster.stats.tasks(query),
  )

  app.get(
    '/stats/devices',
    operation({
      id: 'getDeviceStats',
      tag: 'statistics',
      scope: 'read',
      summary: 'How the devices were used in a period',
      query: DeviceStatsQuery,
      answer: DeviceStatsAnswer,
      example: { data: deviceStats },
    }),
    ({ query }) => cluster.stats.devices(query),
  )

  done()
}

export default statsRoutes
