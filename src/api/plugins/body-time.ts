/** How long the body of a request may take to come. */
import fp from 'fastify-plugin'
import { isRead } from '../drain.ts'

/** The largest body that is read or drained, 16 MiB, at a slow phone's 1.2 Mbit/s. */
const BODY_MS = 120_000

/** Until when the body of a request has to be here. */
export type BodyDeadline = {
  /** It may take as long as it likes. */
  readonly lift: () => void
  /** It has to be here in time, counted from now. */
  readonly set: () => void
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where there is no body. */
    bodyDeadline: BodyDeadline | null
  }
}

/**
 * Ends requests whose bodies are not here in time. The server's own `requestTimeout` does the same, but knows no exception, and a
 * file may be as large as it likes. `ms`: milliseconds.
 */
export default fp<{ readonly ms?: number }>(
  (app, { ms = BODY_MS }, done) => {
    app.decorateRequest('bodyDeadline', null)
    app.addHook('onRequest', (request, _reply, next) => {
      const { raw } = request
      if (isRead(raw)) {
        next()
        return
      }
      const late = () => {
        if (raw.complete) return
        const error = Object.assign(new Error('request timed out'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
        app.server.emit('clientError', error, raw.socket)
      }
      let timer: NodeJS.Timeout | undefined
      const lift = () => clearTimeout(timer)
      const set = () => {
        lift()
        if (!raw.destroyed && !raw.complete) timer = setTimeout(late, ms).unref()
      }
      raw.once('close', lift)
      request.bodyDeadline = { lift, set }
      set()
      // What comes next may lift it at once.
      next()
    })
    done()
  },
  { name: 'body-time' },
)
