/** Strict validation of every part of a request, and of what it wants back. */
import Negotiator from 'negotiator'
import fp from 'fastify-plugin'
import type { FastifyRequest } from 'fastify'
import { ClusterError } from '../../cluster/errors.ts'
import { bodyTypeOf, type MediaType } from '../operation/operation.ts'
import { readBodies } from '../validation/body.ts'
import { InvalidRequest } from '../validation/finding.ts'
import { validatorCompiler } from '../validation/validators.ts'

/** Bodies are small; a compressed one could unfold into any size. */
const CODED = 'a body with a Content-Encoding cannot be read'

const bodyless = { GET: true, HEAD: true }

const announcesBody = ({ headers }: Pick<FastifyRequest, 'headers'>) => Number(headers['content-length'] ?? 0) > 0

/** Whether `Accept` (RFC 9110 §12.5.1) lets a type through; its parameters, such as a charset, are taken as they come. */
const takes = (request: Pick<FastifyRequest, 'headers'>, media: MediaType): boolean => {
  const { accept = '*/*' } = request.headers
  if (accept === '*/*') return true
  const accepted = new Negotiator(request)
  return accepted.mediaType([media]) !== undefined || accepted.mediaTypes().includes(media)
}

/** Refuses what cannot be answered in the type that is wanted, and bodies that are missing or not wanted; an optional body that is absent is `{}`. */
export default fp(
  (app, _options, done) => {
    app.setValidatorCompiler(validatorCompiler())
    readBodies(app)

    app.addHook('onRequest', (request, _reply, next) => {
      const media = request.routeOptions.config.operation?.media
      if (media === undefined || takes(request, media)) next()
      else next(new ClusterError('NOT_ACCEPTABLE', { media_type: media }))
    })

    app.addHook('onRequest', (request, _reply, next) => {
      const coding = request.headers['content-encoding'] ?? 'identity'
      if (coding === 'identity') next()
      else next(new ClusterError('UNSUPPORTED_MEDIA_TYPE', { media_type: bodyTypeOf(request), reason: CODED }))
    })

    app.addHook('preValidation', (request, _reply, next) => {
      const { operation } = request.routeOptions.config
      // Fastify does not read the body of a GET: that one was announced is all there is to see.
      const given = request.body !== undefined || (request.method in bodyless && announcesBody(request))
      if (operation === undefined || given === (operation.body !== undefined)) {
        next()
      } else if (given) {
        next(new InvalidRequest([{ kind: 'needless-body', in: 'body', path: '' }]))
      } else if (operation.body?.optional === true) {
        request.body = {}
        next()
      } else {
        next(new InvalidRequest([{ kind: 'no-body', in: 'body', path: '' }]))
      }
    })
    done()
  },
  { name: 'validation', dependencies: ['errors'] },
)
