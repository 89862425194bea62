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
    /**
     * Does `work` with the body of an upload, which is read as it comes. It breaks off with the client, with its key, and with the
     * server. What `work` leaves of it is dropped, so that a client that is still writing sees the answer.
     */
    takeIn<T>(request: FastifyRequest, reply: FastifyReply, work: (body: Readable) => Promise<T>): Promise<T>
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
    app.decorate(
      'takeIn',
      async <T>(request: FastifyRequest, reply: FastifyReply, work: (body: Readable) => Promise<T>): Promise<T> => {
        request.bodyDeadline?.lift()
        const body = pass(request, reply, request.raw)
        try {
          return await work(body)
        } finally {
          body.destroy()
          request.bodyDeadline?.set()
          request.raw.resume()
        }
      },
    )
    app.decorate('giveOut', pass)
    done()
  },
  { name: 'transfers', dependencies: ['body-time', 'limits', 'security'] },
)
