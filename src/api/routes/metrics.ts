/** Figures for Prometheus. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyPluginCallback } from 'fastify'
import { Registry } from 'prom-client'
import { PrometheusText } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { metricsText } from '../examples/monitor.ts'
import { healthFigures, reachableFigure, statusFigures, taskFigures } from '../metrics/cluster.ts'
import { type Figure, registryOf } from '../metrics/figures.ts'
import { processFigures } from '../metrics/process.ts'
import { textOperation } from '../operation/raw.ts'

type Figured = Pick<Cluster, 'status' | 'health' | 'tasks' | 'reachability'>

/** What the cluster tells now. What it can't tell is left out: the server's own figures are wanted all the more then. */
const clusterFigures = async (cluster: Figured, log: FastifyBaseLogger): Promise<Figure[]> => {
  const asked = await Promise.allSettled([
    cluster.status().then(statusFigures),
    cluster.health().then(healthFigures),
    cluster.tasks.list({ limit: 1 }).then(taskFigures),
  ])
  return asked.flatMap((outcome) => {
    if (outcome.status === 'fulfilled') return outcome.value
    log.warn({ err: outcome.reason as unknown }, 'figures of the cluster are missing')
    return []
  })
}

/** `/metrics`. */
const metricsRoutes: FastifyPluginCallback<{ readonly cluster: Figured; readonly version: string }> = (
  instance,
  { cluster, version },
  done,
) => {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()

  app.get(
    '/metrics',
    textOperation({
      id: 'getPrometheusMetrics',
      tag: 'system',
      scope: 'read',
      summary: 'The figures of the cluster and of this server, for Prometheus',
      description:
        'In the Prometheus text format 0.0.4. Durations are in seconds, sizes in bytes, shares from 0 to 1. A figure that nobody knows is left out.',
      media: 'text/plain',
      answer: PrometheusText,
      example: metricsText,
    }),
    async (request, reply) => {
      const figures = [
        reachableFigure(cluster.reachability().reachable),
        ...(await clusterFigures(cluster, request.log)),
        ...processFigures(version),
      ]
      reply.type(Registry.PROMETHEUS_CONTENT_TYPE)
      return Registry.merge([registryOf(figures), app.requestMetrics]).metrics()
    },
  )

  done()
}

export default metricsRoutes
