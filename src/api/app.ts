/** The API server: Fastify in front of a `Cluster`. It knows HTTP, and nothing of sockets to devices or of SQL. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { ServerHealth } from '../../schemas/index.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Count } from '../cluster/ports/counting.ts'
import type { Members } from '../cluster/ports/members.ts'
import { watchStalls } from '../http/stalls.ts'
import { boundWaiting } from '../http/waiting-connections.ts'
import { compilersOfPlugins } from './compilers.ts'
import { defaultLimits, type Limits } from './limits/budgets.ts'
import { malformedHttpHandler } from './malformed-http.ts'
import audit from './plugins/audit.ts'
import bodyTime from './plugins/body-time.ts'
import browsers from './plugins/browsers.ts'
import conditional from './plugins/conditional.ts'
import counting from './plugins/counting.ts'
import docs from './plugins/docs.ts'
import envelope from './plugins/envelope.ts'
import errors, { answerError } from './plugins/errors.ts'
import host from './plugins/host.ts'
import limitsPlugin from './plugins/limits.ts'
import openapi from './plugins/openapi.ts'
import paging from './plugins/paging.ts'
import permission from './plugins/permission.ts'
import requestId, { requestIdOf } from './plugins/request-id.ts'
import requestLog from './plugins/request-log.ts'
import requestMetrics from './plugins/request-metrics.ts'
import security from './plugins/security.ts'
import transfers from './plugins/transfers.ts'
import unknownPaths from './plugins/unknown-paths.ts'
import validation from './plugins/validation.ts'
import artifactRoutes from './routes/artifacts.ts'
import auditRoutes from './routes/audit.ts'
import batchArtifactRoutes from './routes/batch-artifacts.ts'
import batchRoutes from './routes/batches.ts'
import clusterRoutes from './routes/cluster.ts'
import configRoutes from './routes/config.ts'
import deviceRoutes from './routes/devices.ts'
import joinTokenRoutes from './routes/join-tokens.ts'
import keyRoutes from './routes/keys.ts'
import logRoutes from './routes/logs.ts'
import metricsRoutes from './routes/metrics.ts'
import monitorRoutes from './routes/monitor.ts'
import outputRoutes from './routes/output.ts'
import statsRoutes from './routes/stats.ts'
import systemRoutes from './routes/system.ts'
import taskRoutes from './routes/tasks.ts'
import type { Authenticator } from './security/keys.ts'

/** What the API is built from. */
export type ApiOptions = {
  readonly cluster: Cluster
  /** Version of the product. */
  readonly version: string
  /** A pino logger. No request header is ever given to it. */
  readonly log: FastifyBaseLogger
  /** Who the keys belong to; null: no key is asked for. */
  readonly auth: Authenticator | null
  /** Whether the node lives in this process, or is spoken to over the link. */
  readonly mode: () => ServerHealth['cluster']['mode']
  /** Where requests are counted against their budgets; it does not reject. When absent: in this process. */
  readonly count?: Count
  /** The nodes of the cluster, as this one sees them. When absent: it has one. */
  readonly members?: Members
  /** How much a key, or an address, may ask; null: as much as it likes. When absent: the limits of the contract. */
  readonly limits?: Limits | null
  /** Names that callers may call it by, beside addresses and `localhost`. When absent: none. */
  readonly hostNames?: readonly string[]
  /** Origins whose pages may call it from a browser, such as `https://dashboard.example`. When absent: none but its own. */
  readonly corsOrigins?: readonly string[]
  /** Addresses and networks of proxies whose `X-Forwarded-*` is believed. When absent: none, and callers are who connects. */
  readonly trustedProxies?: readonly string[]
  /** The certificate and its private key, PEM, by which it speaks https; null: it speaks http. When absent: null. */
  readonly tls?: { readonly key: string; readonly cert: string } | null
}

/** CONTRACT.md §3. */
const BODY_LIMIT = 2 * 1024 * 1024

/** Node's default, said here because a path parameter can be as long as all headers. */
const HEADER_LIMIT = 16 * 1024

/** RFC 9325 §3.1.1: nothing older than TLS 1.2. A handshake is done in two round trips. */
const tlsLimits = { minVersion: 'TLSv1.2', handshakeTimeout: 10_000 } as const

/** No line of ours holds headers; should a library ever log some, the keys in them stay out. */
const secretPaths = ['headers', 'req.headers', 'request.headers'].flatMap((headers) => [
  `${headers}.authorization`,
  `${headers}["x-api-key"]`,
])

/** The limits of the HTTP server, each with its reason. Times in milliseconds. */
const serverLimits = {
  bodyLimit: BODY_LIMIT,
  // Set for each request by itself (plugins/body-time.ts): the body of an upload takes as long as its bytes flow.
  requestTimeout: 0,
  // Nothing that is alive is silent for so long: the longest answer is that of 20 pings of 30 s, and streams have a comment every
  // 15 s. A client that stopped reading in the midst of an answer goes, and with it what was kept for it.
  connectionTimeout: 660_000,
  // Longer than the 60 s of common proxies, so that the proxy closes first and no request meets a closing socket.
  keepAliveTimeout: 72_000,
  // Idle keep-alive sockets would hold up close() for that long; requests under way are answered.
  forceCloseConnections: 'idle',
  // Requests on a connection that is still open are answered as ever while the server closes, in the contract's envelope.
  return503OnClosing: false,
} as const

/**
 * Builds the server; the caller listens and closes. Errors in declarations (a name that is taken, a schema that is not
 * strict) reject here, not at the first request.
 */
export const buildApi = async (options: ApiOptions): Promise<FastifyInstance> => {
  const { cluster, version, log, auth, mode, limits = defaultLimits, tls = null } = options
  const { members } = options
  const { hostNames = [], corsOrigins = [], trustedProxies = [] } = options
  const responses = new WeakMap<Socket, ServerResponse>()
  const stalls = watchStalls()
  const logger = log.child({}, { redact: [...secretPaths] })

  // Slow headers are an attack or a dead peer. A missing Host is refused by our own plugin, in the envelope.
  const http = {
    headersTimeout: 20_000,
    connectionsCheckingInterval: 5_000,
    maxHeaderSize: HEADER_LIMIT,
    requireHostHeader: false,
  }
  const app: FastifyInstance = fastify({
    ...serverLimits,
    ...(tls === null ? { http } : { https: { ...http, ...tls, ...tlsLimits } }),
    // An over-long id reaches its route, which says what is wrong with it.
    routerOptions: { maxParamLength: HEADER_LIMIT },
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    requestIdHeader: false,
    // X-Forwarded-For is anybody's word, but for that of a proxy that is named: budgets and the audit log speak of who connects.
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    genReqId: requestIdOf,
    schemaController: compilersOfPlugins,
    exposeHeadRoutes: true,
    // Bad percent-encoding passes by the error handler of the instance.
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
    clientErrorHandler: malformedHttpHandler(logger, responses, stalls.justStalled),
  })
  app.addHook('onClose', () => stalls.end())
  boundWaiting(app.server)
  app.server.on('request', ({ socket }, response) => responses.set(socket, response))
  // Node would refuse an unknown Expect without an envelope; RFC 9110 §10.1.1 lets it be ignored.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))

  await app.register(errors)
  await app.register(requestId)
  await app.register(bodyTime)
  await app.register(requestLog)
  await app.register(requestMetrics)
  await app.register(host, { names: hostNames })
  await app.register(browsers, { origins: corsOrigins })
  await app.register(openapi, { version })
  await app.register(counting, { count: options.count })
  await app.register(security, { auth })
  await app.register(limitsPlugin, { limits, count: options.count })
  await app.register(transfers)
  await app.register(permission)
  await app.register(audit, { cluster })
  await app.register(unknownPaths)
  await app.register(validation)
  await app.register(paging)
  await app.register(envelope)
  await app.register(conditional)
  await app.register(docs)

  await app.register(systemRoutes, { cluster, version, mode, members })
  await app.register(metricsRoutes, { cluster, version })
  await app.register(
    async (api) => {
      await api.register(clusterRoutes, { cluster })
      await api.register(deviceRoutes, { cluster })
      await api.register(taskRoutes, { cluster })
      await api.register(outputRoutes, { cluster })
      await api.register(batchRoutes, { cluster })
      await api.register(batchArtifactRoutes, { cluster })
      await api.register(artifactRoutes, { cluster })
      await api.register(logRoutes, { cluster })
      await api.register(monitorRoutes, { cluster })
      await api.register(configRoutes, { cluster })
      await api.register(keyRoutes, { cluster })
      await api.register(joinTokenRoutes, { cluster })
      await api.register(auditRoutes, { cluster })
      await api.register(statsRoutes, { cluster })
    },
    { prefix: '/api/v1' },
  )
  await app.ready()
  return app
}
