/** Files: what tasks take and what they leave. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { Readable } from 'node:stream'
import type { FastifyPluginCallback, FastifyRequest } from 'fastify'
import { ArtifactBytes, ArtifactParams, ArtifactQuery, ArtifactUploadQuery } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { ClusterError } from '../../cluster/errors.ts'
import { ArtifactAnswer, ArtifactRemovedAnswer, ArtifactsMissingAnswer } from '../answers.ts'
import { namesTag, strongTag } from '../conditional/etag.ts'
import { rangeOf } from '../conditional/range.ts'
import { artifact, artifactQuery, artifactRemoved, artifactsMissing, artifactText } from '../examples/artifacts.ts'
import { operation } from '../operation/json.ts'
import { downloadOperation, uploadOperation } from '../operation/raw.ts'

const BYTES = 'application/octet-stream'

/** A file. `missing` is no hash, and a path of its own: whoever asks it by a method that it does not have is told so. */
const FILE = '/artifacts/:sha256(^(?!missing$).+$)'

/** Why a form is refused. */
const FORM = 'a multipart form wraps the file; curl sends it as it is by --data-binary @FILE'

/** What a browser makes of a form: the file would be among other things. */
const isForm = ({ headers }: Pick<FastifyRequest, 'headers'>) => /^\s*multipart\//i.test(headers['content-type'] ?? '')

/** `/artifacts…`. */
const artifactRoutes: FastifyPluginCallback<{ readonly cluster: Pick<Cluster, 'artifacts'> }> = (
  instance,
  { cluster: { artifacts } },
  done,
) => {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()

  app.register((scoped, _options, ready) => {
    const uploads = scoped.withTypeProvider<TypeBoxTypeProvider>()
    uploads.removeAllContentTypeParsers()
    // Bytes are bytes, whatever their type is said to be: curl calls a file a form, browsers and libraries guess by its name.
    uploads.addContentTypeParser('*', (request, _payload, parsed) => {
      if (isForm(request)) throw new ClusterError('UNSUPPORTED_MEDIA_TYPE', { media_type: BYTES, reason: FORM })
      parsed(null)
    })

    uploads.post(
      '/artifacts',
      uploadOperation({
        id: 'storeArtifact',
        tag: 'files',
        scope: 'write',
        summary: 'Store a file',
        description:
          'The body is the file as it is, of any Content-Type but a multipart form, of any length up to `files.max_file_size`, and as slow as it comes. It is found by the SHA-256 of what it contains: the same file again is the same artifact. Send its hash as `sha256`, and what goes wrong on the way is refused, and what breaks off can go on: `findMissingArtifacts` tells from which `offset`. Counts by its bytes, and not as a write.',
        query: ArtifactUploadQuery,
        bytes: ArtifactBytes,
        headers: ['Location'],
        target: '/sha256',
        links: { getArtifact: { sha256: '/data/sha256' } },
        answer: ArtifactAnswer,
        errors: ['STORAGE_FULL'],
        example: { request: artifactText, data: artifact },
      }),
      async (request, reply) => {
        const { sha256 = null, offset = 0 } = request.query
        const stored = await app.takeIn(request, reply, (body) => artifacts.store({ sha256, offset, body }))
        reply.code(201).header('Location', `/api/v1/artifacts/${stored.sha256}`)
        return stored
      },
    )
    ready()
  })

  app.get(
    FILE,
    downloadOperation({
      id: 'getArtifact',
      tag: 'files',
      scope: 'read',
      summary: 'A file',
      description:
        'Its bytes, as they were stored; to be saved, never shown. A download that broke off goes on with `Range: bytes=N-`. Counts by its bytes, and not as a read.',
      params: ArtifactParams,
      media: BYTES,
      ranges: true,
      answer: ArtifactBytes,
      headers: ['Content-Disposition'],
      errors: ['ARTIFACT_NOT_FOUND', 'RANGE_NOT_SATISFIABLE'],
      example: artifactText,
    }),
    async (request, reply) => {
      const { sha256 } = request.params
      const { 'if-none-match': known, 'if-range': ifRange, range: asked } = request.headers
      const { bytes } = await artifacts.get({ sha256 })
      const tag = strongTag(sha256)
      const tellOf = () => {
        reply.headers({
          ETag: tag,
          'Accept-Ranges': 'bytes',
          'Content-Disposition': `attachment; filename="${sha256}"`,
          'Content-Type': BYTES,
        })
      }
      // Of the one nothing is sent, of the other conditional.ts makes a 304: the file need not be opened.
      if (request.method === 'HEAD' || (known !== undefined && namesTag(known, tag))) {
        tellOf()
        return reply.header('Content-Length', bytes).send(Readable.from([]))
      }
      const range = rangeOf({ range: asked, ifRange: ifRange?.toString() }, { size: bytes, opaque: sha256 })
      if (range === 'unsatisfiable') throw new ClusterError('RANGE_NOT_SATISFIABLE', { sha256, bytes })
      const { start, end } = range === 'whole' ? { start: 0, end: bytes } : range
      const { body } = await artifacts.open({ sha256, start, end })
      tellOf()
      if (range !== 'whole') reply.code(206).header('Content-Range', `bytes ${start}-${end - 1}/${bytes}`)
      return reply.header('Content-Length', end - start).send(app.giveOut(request, reply, body))
    },
  )

  app.delete(
    FILE,
    operation({
      id: 'removeArtifact',
      tag: 'files',
      scope: 'write',
      summary: 'Remove a file',
      description: 'Before it goes by itself. One that an unfinished task names stays (`ARTIFACT_IN_USE`).',
      params: ArtifactParams,
      answer: ArtifactRemovedAnswer,
      errors: ['ARTIFACT_NOT_FOUND', 'ARTIFACT_IN_USE', 'STORAGE_FULL'],
      example: { data: artifactRemoved },
    }),
    ({ params }) => artifacts.remove(params),
  )

  app.post(
    '/artifacts/missing',
    operation({
      id: 'findMissingArtifacts',
      tag: 'files',
      scope: 'read',
      summary: 'Which of up to 1000 files are not stored',
      description:
        'Ask before you send: what is stored need not be. Of what broke off on its way in, `partial` tells the `offset` to go on from. What is stored counts as used now, and stays for as long again. Counts as one read.',
      body: ArtifactQuery,
      answer: ArtifactsMissingAnswer,
      example: { request: artifactQuery, data: artifactsMissing },
    }),
    ({ body }) => artifacts.missing(body),
  )

  done()
}

export default artifactRoutes
