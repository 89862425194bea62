/** The work of the cluster. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginCallback } from 'fastify'
import { TaskListQuery, TaskParams, TaskRetryRequest, TaskSubmission, WaitQuery } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import {
  TaskAnswer,
  TaskCancellationAnswer,
  TaskListAnswer,
  TaskPlacementAnswer,
  TaskRetriedAnswer,
  TaskSubmittedAnswer,
  TaskTypeListAnswer,
} from '../answers.ts'
import { taskPlacement } from '../examples/placement.ts'
import {
  taskCancellation,
  taskDetail,
  taskList,
  taskRetried,
  taskRetryRequest,
  taskSubmission,
  taskSubmitted,
  taskTypeList,
} from '../examples/tasks.ts'
import { idempotencyOf, tellReplay } from '../idempotency.ts'
import { operation } from '../operation/json.ts'
import { submissionErrors } from './submission-errors.ts'

/** `/tasks/…`. */
const taskRoutes: FastifyPluginCallback<{ readonly cluster: Cluster }> = (instance, { cluster }, done) => {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()

  app.post(
    '/tasks',
    operation({
      id: 'submitTask',
      tag: 'tasks',
      scope: 'write',
      summary: 'Submit a task',
      description:
        'When the answer comes, the task is on disk and will reach a final state. With `wait`, the answer bears the task itself, as soon as it is final or that long has passed. A replay (`Idempotency-Key`) waits as well: its `task` is the task as it is then, all else is as it was first answered.',
      query: WaitQuery,
      body: TaskSubmission,
      idempotent: true,
      status: 201,
      target: '/task_id',
      headers: ['Location'],
      links: {
        getTask: { task_id: '/data/task_id' },
        getTaskOutput: { task_id: '/data/task_id' },
        cancelTask: { task_id: '/data/task_id' },
        retryTask: { task_id: '/data/task_id' },
      },
      answer: TaskSubmittedAnswer,
      errors: submissionErrors,
      example: { request: taskSubmission, data: taskSubmitted },
    }),
    async (request, reply) => {
      const { body, query } = request
      const wanted = { submission: body, wait: query.wait ?? 0, ...idempotencyOf(request) }
      const submitted = tellReplay(reply, await cluster.tasks.submit(wanted))
      reply.code(201).header('Location', `/api/v1/tasks/${submitted.task_id}`)
      return submitted
    },
  )

  app.get(
    '/tasks',
    operation({
      id: 'listTasks',
      tag: 'tasks',
      scope: 'read',
      summary: 'The tasks, newest first, page by page',
      description:
        'The counts speak of all tasks that match the filters (the status filter aside), not of the page. Follow `next_cursor` with the same filters: no task is repeated or skipped while others are added.',
      query: TaskListQuery,
      etag: 'weak',
      paged: true,
      answer: TaskListAnswer,
      example: { data: taskList },
    }),
    ({ query }) => cluster.tasks.list(query),
  )

  app.get(
    '/tasks/types',
    operation({
      id: 'listTaskTypes',
      tag: 'tasks',
      scope: 'read',
      summary: 'The task types that can be submitted here',
      description: 'The built-in ones, and those that registered devices offer, each with the schema of its payload.',
      answer: TaskTypeListAnswer,
      example: { data: taskTypeList },
    }),
    () => cluster.tasks.types(),
  )

  app.get(
    '/tasks/:task_id',
    operation({
      id: 'getTask',
      tag: 'tasks',
      scope: 'read',
      summary: 'One task, with its log, usage and attempts',
      description: 'With `wait`, the answer comes as soon as the task is final, or after that long.',
      params: TaskParams,
      query: WaitQuery,
      etag: 'weak',
      answer: TaskAnswer,
      errors: ['TASK_NOT_FOUND'],
      example: { data: { task: taskDetail } },
    }),
    async ({ params, query }) => ({ task: await cluster.tasks.get({ ...params, wait: query.wait ?? 0 }) }),
  )

  app.get(
    '/tasks/:task_id/placement',
    operation({
      id: 'getTaskPlacement',
      tag: 'tasks',
      scope: 'read',
      summary: 'Why a task is where it is: what speaks for and against each device',
      description:
        'For each registered device whether the task could run there now, why or why not, and its score with the points that it is made of. The codes are those by which `pending_reason` is decided: it speaks of the device that is nearest to running the task.',
      params: TaskParams,
      answer: TaskPlacementAnswer,
      errors: ['TASK_NOT_FOUND'],
      example: { data: taskPlacement },
    }),
    ({ params }) => cluster.tasks.placement(params),
  )

  app.delete(
    '/tasks/:task_id',
    operation({
      id: 'cancelTask',
      tag: 'tasks',
      scope: 'write',
      summary: 'Cancel a task',
      description: 'Answered at once and final; a device that runs it is told to end its whole process tree.',
      params: TaskParams,
      answer: TaskCancellationAnswer,
      errors: ['TASK_NOT_FOUND', 'TASK_NOT_CANCELLABLE', 'STORAGE_FULL'],
      example: { data: taskCancellation },
    }),
    ({ params }) => cluster.tasks.cancel(params),
  )

  app.post(
    '/tasks/:task_id/retry',
    operation({
      id: 'retryTask',
      tag: 'tasks',
      scope: 'write',
      summary: 'Run a failed or cancelled task again',
      description: 'Makes a new task with the same work, which points to the old one.',
      params: TaskParams,
      body: TaskRetryRequest,
      idempotent: true,
      links: { getTask: { task_id: '/data/new_task_id' } },
      answer: TaskRetriedAnswer,
      errors: ['TASK_NOT_FOUND', 'TASK_NOT_RETRYABLE', 'ARTIFACT_NOT_FOUND', ...submissionErrors],
      example: { request: taskRetryRequest, data: taskRetried },
    }),
    async (request, reply) => {
      const { params, body } = request
      return tellReplay(reply, await cluster.tasks.retry({ ...params, ...body, ...idempotencyOf(request) }))
    },
  )

  done()
}

export default taskRoutes
