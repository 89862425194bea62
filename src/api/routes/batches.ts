/** Many tasks at once. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginCallback } from 'fastify'
import { BatchParams, BatchRetryRequest, BatchSelection, BatchSubmission, WaitQuery } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { BatchCancellationAnswer, BatchProgressAnswer, BatchRetriedAnswer, BatchSubmittedAnswer } from '../answers.ts'
import {
  batchCancellation,
  batchProgress,
  batchRetried,
  batchRetryRequest,
  batchSelection,
  batchSubmission,
  batchSubmitted,
} from '../examples/batches.ts'
import { idempotencyOf, tellReplay } from '../idempotency.ts'
import { operation } from '../operation/json.ts'
import { inWords } from '../outcomes.ts'
import { submissionErrors } from './submission-errors.ts'

/** CONTRACT.md §3. */
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
      target: '/batch_id',
      headers: ['Location'],
      links: {
        getBatch: { batch_id: '/data/batch_id' },
        getBatchArtifacts: { batch_id: '/data/batch_id' },
      },
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

  app.post(
    '/tasks/batch/cancel',
    operation({
      id: 'cancelTasks',
      tag: 'tasks',
      scope: 'write',
      summary: 'Cancel many tasks at once',
      description:
        'Up to 1000 tasks: those that are named, or those of a batch that are not final (`more` says whether there are more). All that can be cancelled are, in one transaction; an unknown or finished one is an outcome, and stands in nobody’s way. Counts as one write.',
      body: BatchSelection,
      headers: ['Content-Language'],
      target: '/outcomes',
      answer: BatchCancellationAnswer,
      errors: ['NOT_FOUND', 'STORAGE_FULL'],
      example: { request: batchSelection, data: batchCancellation },
    }),
    async (request, reply) => inWords(request, reply, await cluster.tasks.cancelBatch(request.body)),
  )

  app.post(
    '/tasks/batch/retry',
    operation({
      id: 'retryTasks',
      tag: 'tasks',
      scope: 'write',
      summary: 'Run many failed or cancelled tasks again',
      description:
        'Up to 1000 tasks with 16 MiB of payload: those that are named, or those of a batch that failed or were cancelled and that no other task repeats yet (`more` says whether there are more; asking again goes on, and does nothing twice; with the last of them as `after`, past those that were refused). All that can be repeated are, in one transaction; one that cannot be repeated is an outcome, and stands in nobody’s way. Counts as one write.',
      body: BatchRetryRequest,
      idempotent: true,
      headers: ['Content-Language'],
      target: '/outcomes',
      answer: BatchRetriedAnswer,
      errors: ['NOT_FOUND', 'STORAGE_FULL'],
      example: { request: batchRetryRequest, data: batchRetried },
    }),
    async (request, reply) => {
      const answer = await cluster.tasks.retryBatch({ ...request.body, ...idempotencyOf(request) })
      return inWords(request, reply, tellReplay(reply, answer))
    },
  )

  done()
}

export default batchRoutes
