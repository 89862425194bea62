/** Files that go in and out: as long as their bytes flow, and no longer than the server and the key of the caller last. */
import type { Readable } from 'node:stream'
import { finished } from 'node:stream'
import fp from 'fastify-plugin'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { passOn } from '../transfer/pass-on.ts'

/** A transfer that can come to its end within so long may, when the server stops. Then it breaks off, and can go on later. */
const GRACE_MS = 3000

declare module 'fastify' {
  interface FastifyInstance {
    /** The body of an upload, to be read as it comes. It breaks off with the client, with its key, and with the server. */
    takeIn(request: FastifyRequest, reply: FastifyReply): Readable
    /** Bytes of the cluster, to be sent as they are read. They break off with the client, with its key, and with the server. */
    giveOut(request: FastifyRequest, reply: FastifyReply, source: Readable): Readable
  }
}

/** Passes files on between clients and the cluster. */
export default fp(
  (app, _options, done) => {
    const underWay = new Set<() => void>()
    let isStopping = false
    let grace: NodeJS.Timeout | undefined
    const breakAllOff = () => {
      for (const breakOff of underWay) breakOff()
    }
    app.addHook('preClose', (next) => {
      isStopping = true
      grace = setTimeout(breakAllOff, GRACE_MS)
      next()
    })
    app.addHook('onClose', (_instance, next) => {
      clearTimeout(grace)
      next()
    })

    const pass = (request: FastifyRequest, { raw: response }: FastifyReply, source: Readable): Readable => {
      // A clean end would say that all has come, in either direction.
      const breakOff = () => void response.destroy()
      const stopWatching = app.watchKey(request, breakOff)
      underWay.add(breakOff)
      finished(response, () => {
        stopWatching()
        underWay.delete(breakOff)
      })
      if (isStopping) breakOff()
      return passOn({
        source,
        from: source === request.raw ? 'client' : 'cluster',
        count: (bytes) => request.countBytes?.(bytes),
        onStall: breakOff,
      })
    }
    app.decorate('takeIn', (request: FastifyRequest, reply: FastifyReply) => {
      request.bodyDeadline?.lift()
      const body = pass(request, reply, request.raw)
      // What is left of one that nobody wants is dropped in time (drain.ts).
      finished(body, () => request.bodyDeadline?.set())
      return body
    })
    app.decorate('giveOut', pass)
    done()
  },
  { name: 'transfers', dependencies: ['body-time', 'limits', 'security'] },
)
