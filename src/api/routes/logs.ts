/** The log of the cluster. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginCallback } from 'fastify'
import { LogListQuery } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { LogListAnswer } from '../answers.ts'
import { logList } from '../examples/logs.ts'
import { operation } from '../operation/json.ts'

/** `/logs`. */
const logRoutes: FastifyPluginCallback<{ readonly cluster: Pick<Cluster, 'logs'> }> = (instance, { cluster }, done) => {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()

  app.get(
    '/logs',
    operation({
      id: 'listLogs',
      tag: 'monitoring',
      scope: 'read',
      summary: 'The log of the cluster, newest first, page by page',
      description:
        '`level` means that level and above. Follow `next_cursor` with the same filters: no line is repeated or skipped while others are added.',
      query: LogListQuery,
      paged: true,
      answer: LogListAnswer,
      example: { data: logList },
    }),
    ({ query }) => cluster.logs.list(query),
  )

  done()
}

export default logRoutes
