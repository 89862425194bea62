/** The cluster as a whole. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginCallback } from 'fastify'
import { MetricsQuery } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { ClusterHealthAnswer, ClusterMetricsAnswer, ClusterStatusAnswer } from '../answers.ts'
import { clusterHealth, clusterMetrics, clusterStatus } from '../examples/cluster.ts'
import { operation } from '../operation/json.ts'

/** `/cluster/…`, but for the config. */
const clusterRoutes: FastifyPluginCallback<{ readonly cluster: Cluster }> = (instance, { cluster }, done) => {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()

  app.get(
    '/cluster/status',
    operation({
      id: 'getClusterStatus',
      tag: 'cluster',
      scope: 'read',
      summary: 'The cluster in figures',
      answer: ClusterStatusAnswer,
      example: { data: clusterStatus },
    }),
    () => cluster.status(),
  )

  app.get(
    '/cluster/health',
    operation({
      id: 'getClusterHealth',
      tag: 'cluster',
      scope: 'read',
      summary: 'A check of each part of the cluster, made now',
      description:
        'Always 200 where the node answers: what is wrong stands in the body. The thresholds are those of the config’s `health`.',
      answer: ClusterHealthAnswer,
      example: { data: clusterHealth },
    }),
    () => cluster.health(),
  )

  app.get(
    '/cluster/metrics',
    operation({
      id: 'getClusterMetrics',
      tag: 'cluster',
      scope: 'read',
      summary: 'Usage and tasks over a period',
      description: 'Usage is over the samples of the online devices in the period; a figure without a sample is null.',
      query: MetricsQuery,
      answer: ClusterMetricsAnswer,
      example: { data: clusterMetrics },
    }),
    ({ query }) => cluster.metrics(query),
  )

  done()
}

export default clusterRoutes
