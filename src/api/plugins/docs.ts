/** Serves what describes the API: the document as JSON and as YAML, and the pages that show it. */
import fp from 'fastify-plugin'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { weakTag } from '../conditional/etag.ts'
import type { Documentation } from '../document/documentation.ts'
import { PAGES } from './openapi.ts'

/** Headers of a page that belong to the connection which it did not come by; its length and its date are given anew. */
const OF_CONNECTION = ['connection', 'content-length', 'date', 'transfer-encoding']

/** Shows the document. */
export default fp(
  (app, _options, done) => {
    const show = (path: string, type: string, textOf: (documentation: Documentation) => string) => {
      let made: { readonly text: string; readonly tag: string } | undefined
      app.get(path, async (_request, reply) => {
        if (made === undefined) {
          const text = textOf(await app.documentation())
          made = { text, tag: weakTag(text) }
        }
        return reply.type(type).header('ETag', made.tag).send(made.text)
      })
    }
    show('/openapi.json', 'application/json; charset=utf-8', ({ json }) => json)
    // The media type of RFC 9512.
    show('/openapi.yaml', 'application/yaml; charset=utf-8', ({ yaml }) => yaml())

    const showPage = async (request: FastifyRequest, reply: FastifyReply) => {
      const { page } = await app.documentation()
      const { status, headers, body } = await page(request.url, request.headers)
      if (status === 404) {
        reply.callNotFound()
        return reply
      }
      const kept = Object.entries(headers).filter(([name]) => !OF_CONNECTION.includes(name))
      return reply.code(status).headers(Object.fromEntries(kept)).send(body)
    }
    // Whoever opens the address in a browser.
    app.get('/', (_request, reply) => reply.redirect(PAGES))
    for (const path of [PAGES, `${PAGES}/`, `${PAGES}/*`]) app.get(path, showPage)
    done()
  },
  { name: 'docs', dependencies: ['openapi'] },
)
