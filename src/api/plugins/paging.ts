/** The way to the next page of a listing, as a header (RFC 8288). */
import fp from 'fastify-plugin'
import type { FastifyRequest } from 'fastify'

/** The same path and parameters, after the page. */
const nextPage = ({ url }: Pick<FastifyRequest, 'url'>, cursor: string): string => {
  const [path = '', query = ''] = url.split('?', 2)
  const parameters = new URLSearchParams(query)
  parameters.set('cursor', cursor)
  return `${path}?${parameters.toString()}`
}

/** Adds `Link: <…>; rel="next"` to every page that is not the last one. */
export default fp(
  (app, _options, done) => {
    app.addHook('preSerialization', (request, reply, payload, next) => {
      if (request.routeOptions.config.operation?.paged === true) {
        const { next_cursor } = payload as { next_cursor: string | null }
        if (next_cursor !== null) reply.header('Link', `<${nextPage(request, next_cursor)}>; rel="next"`)
      }
      next(null, payload)
    })
    done()
  },
  { name: 'paging' },
)
