/** Who did what to what (CONTRACT.md §4, scope `admin`): changes and refusals, never what was only looked at. */
import fp from 'fastify-plugin'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Deed, NO_OPERATION } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { Operation } from '../operation/operation.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** True once the operation of a change was called: what refuses it then is the cluster. */
    isActing: boolean
  }
}

const changing: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** As much of an address as a line holds: what a trusted proxy forwards may be anything. */
const LONGEST_ADDRESS = 128

const deedOf = (request: FastifyRequest, operation: Operation | undefined, outcome: number): Deed => {
  // The one parameter of a path is the id of what it leads to.
  const [target] = Object.values((request.params ?? {}) as Readonly<Record<string, string>>)
  return {
    key_id: request.apiKey?.id ?? null,
    address: request.ip.slice(0, LONGEST_ADDRESS),
    operation: operation?.id ?? NO_OPERATION,
    target: operation === undefined ? null : (target?.slice(0, 256) ?? null),
    target_at: operation?.target ?? null,
    outcome,
    details: { request_id: request.id },
  }
}

const sentKey = ({ headers }: FastifyRequest): boolean =>
  headers['x-api-key'] !== undefined || headers.authorization !== undefined

/** Whether an answer is a refusal that is written: of a wrong key, of a scope, of a page of elsewhere; and of a change by the cluster. */
const isWritten = (request: FastifyRequest, { statusCode }: FastifyReply): boolean => {
  if (statusCode === 401) return sentKey(request)
  return statusCode === 403 || (statusCode >= 400 && request.isActing)
}

/** Lets the cluster write every change with who made it, and writes what was refused once it is answered. */
export default fp<{ readonly cluster: Pick<Cluster, 'acting' | 'audit'> }>(
  (app, { cluster }, done) => {
    app.decorateRequest('isActing', false)

    app.addHook('onRoute', (route) => {
      const operation = route.config?.operation
      if (operation === undefined || typeof route.method !== 'string' || !changing.has(route.method)) return
      // Asked by POST for the length of the question alone.
      if (operation.scope === 'read') return
      const { handler } = route
      route.handler = function (request, reply) {
        request.isActing = true
        const deed = deedOf(request, operation, operation.status)
        return cluster.acting(deed, () => Promise.resolve(handler.call(this, request, reply)))
      }
    })

    app.addHook('onResponse', (request, reply, next) => {
      next()
      if (!isWritten(request, reply)) return
      cluster.audit
        .refused(deedOf(request, request.routeOptions.config.operation, reply.statusCode))
        .catch((error: unknown) => request.log.warn({ err: error }, 'a refusal could not be written to the audit log'))
    })
    done()
  },
  { name: 'audit', dependencies: ['security'] },
)
