/** Many tasks at once. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginCallback } from 'fastify'
import { BatchParams, BatchSubmission, WaitQuery } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { BatchProgressAnswer, BatchSubmittedAnswer } from '../answers.ts'
import { batchProgress, batchSubmission, batchSubmitted } from '../examples/batches.ts'
import { idempotencyOf, tellReplay } from '../idempotency.ts'
import { operation } from '../operation.ts'
import { submissionErrors } from './submission-errors.ts'

/** CONTRACT.md §3: a batch may be as large as what is drained after a refusal. */
const BATCH_LIMIT = 16 * 1024 * 1024

/** `/tasks/batch…`. */
const batchRoutes: FastifyPluginCallback<{ readonly cluster: Pick<Cluster, 'tasks'> }> = (
  instance,
  { cluster },
  done,
) => {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()

  app.post(
    '/tasks/batch',
    operation({
      id: 'submitBatch',
      tag: 'tasks',
      scope: 'write',
      summary: 'Submit up to 1000 tasks at once',
      description:
        'All are taken in, or none: where one is refused, `details.path` names it (`/tasks/3` is the fourth). Counts as one write. The body may have 16 MiB.',
      body: BatchSubmission,
      bodyLimit: BATCH_LIMIT,
      idempotent: true,
      status: 201,
      headers: ['Location'],
      links: { getBatch: { batch_id: '/data/batch_id' } },
      answer: BatchSubmittedAnswer,
      errors: submissionErrors,
      example: { request: batchSubmission, data: batchSubmitted },
    }),
    async (request, reply) => {
      const answer = await cluster.tasks.submitBatch({ ...request.body, ...idempotencyOf(request) })
      const submitted = tellReplay(reply, answer)
      reply.code(201).header('Location', `/api/v1/tasks/batch/${submitted.batch_id}`)
      return submitted
    },
  )

  app.get(
    '/tasks/batch/:batch_id',
    operation({
      id: 'getBatch',
      tag: 'tasks',
      scope: 'read',
      summary: 'How far a batch is',
      description:
        'Over all tasks that name this batch, from however many submissions. With `wait`, the answer comes as soon as all of them are final, or after that long.',
      params: BatchParams,
      query: WaitQuery,
      etag: 'weak',
      answer: BatchProgressAnswer,
      errors: ['NOT_FOUND'],
      example: { data: batchProgress },
    }),
    ({ params, query }) => cluster.tasks.batch({ ...params, wait: query.wait ?? 0 }),
  )

  done()
}

export default batchRoutes
