/** The audit log. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginCallback } from 'fastify'
import { AuditListQuery } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { AuditListAnswer } from '../answers.ts'
import { auditList } from '../examples/audit.ts'
import { operation } from '../operation/json.ts'

/** `/audit`. */
const auditRoutes: FastifyPluginCallback<{ readonly cluster: Pick<Cluster, 'audit'> }> = (
  instance,
  { cluster: { audit } },
  done,
) => {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()

  app.get(
    '/audit',
    operation({
      id: 'listAudit',
      tag: 'access',
      scope: 'admin',
      summary: 'The audit log, newest first, page by page',
      description:
        'Who changed what, and who was refused something, for a wrong key, for lack of a scope, or by the cluster; what was only looked at is not in it. A change and its line are on disk together. Each line bears a hash over itself and the line before it: `retire-cluster audit verify` checks them all.',
      query: AuditListQuery,
      paged: true,
      answer: AuditListAnswer,
      example: { data: auditList },
    }),
    ({ query }) => audit.list(query),
  )

  done()
}

export default auditRoutes
