/** What the tasks of a batch left. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { Readable } from 'node:stream'
import type { FastifyPluginCallback } from 'fastify'
import { ArtifactArchive, BatchArtifactsQuery, BatchParams } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { batchArchive, firstPage } from '../transfer/batch-archive.ts'
import { downloadOperation } from '../operation/raw.ts'

const TAR = 'application/x-tar'

/** `/tasks/batch/…/artifacts`. */
const batchArtifactRoutes: FastifyPluginCallback<{ readonly cluster: Pick<Cluster, 'artifacts'> }> = (
  instance,
  { cluster: { artifacts } },
  done,
) => {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()

  app.get(
    '/tasks/batch/:batch_id/artifacts',
    downloadOperation({
      id: 'getBatchArtifacts',
      tag: 'files',
      scope: 'read',
      summary: 'The files that a batch left, as one archive',
      description:
        'A tar with an entry `TASK_ID/NAME` for each file of each task that has completed by then, in the order in which the tasks were taken in. Files that have expired are left out, and listed in a last entry, `MISSING.txt`. It is made while it is sent: one that breaks off has no end (`tar` says so), and `after` goes on from there. Counts by its bytes, and not as a read.',
      params: BatchParams,
      query: BatchArtifactsQuery,
      media: TAR,
      answer: ArtifactArchive,
      headers: ['Content-Disposition'],
      errors: ['NOT_FOUND'],
      example: '',
    }),
    async (request, reply) => {
      const { batch_id } = request.params
      const batch = { artifacts, batch_id, after: request.query.after ?? null }
      const first = await firstPage(batch)
      reply.headers({ 'Content-Type': TAR, 'Content-Disposition': `attachment; filename="${batch_id}.tar"` })
      // Its length is not known before it is made.
      if (request.method === 'HEAD') return reply.header('Transfer-Encoding', 'chunked').send(Readable.from([]))
      const archive = Readable.from(batchArchive(batch, first), { objectMode: false })
      return reply.send(app.giveOut(request, reply, archive))
    },
  )

  done()
}

export default batchArtifactRoutes
