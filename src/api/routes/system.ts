/** The API server itself. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginCallback } from 'fastify'
import type { ServerHealth } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { memberShown, type Members } from '../../cluster/ports/members.ts'
import { HealthAnswer } from '../answers.ts'
import { serverHealth } from '../examples/cluster.ts'
import { operation } from '../operation/json.ts'

/** What the health of the server speaks of. */
export type SystemRoutes = {
  readonly cluster: Pick<Cluster, 'reachability'>
  readonly version: string
  /** Whether the node lives in this process, or is spoken to over the link. */
  readonly mode: () => ServerHealth['cluster']['mode']
  readonly members: Members | undefined
}

/** `/health`. */
const systemRoutes: FastifyPluginCallback<SystemRoutes> = (instance, { cluster, version, mode, members }, done) => {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()

  app.get(
    '/health',
    operation({
      id: 'getHealth',
      tag: 'system',
      scope: null,
      summary: 'Whether this server serves, and reaches its cluster node',
      description: 'Always 200 while the process serves. Needs no key.',
      answer: HealthAnswer,
      example: { data: serverHealth },
    }),
    () => {
      const reached = cluster.reachability()
      return {
        status: reached.reachable ? ('healthy' as const) : ('degraded' as const),
        version,
        uptime_seconds: Math.round(process.uptime()),
        cluster: {
          reachable: reached.reachable,
          mode: mode(),
          reason: reached.reachable ? null : reached.reason,
          since: reached.reachable ? null : new Date(reached.since_ms).toISOString(),
          ...(members === undefined ? {} : { members: members().map(memberShown) }),
        },
      }
    },
  )

  done()
}

export default systemRoutes
