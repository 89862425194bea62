/** What a task prints. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { addAbortSignal, finished, Readable } from 'node:stream'
import type { FastifyPluginCallback } from 'fastify'
import { TaskOutput, TaskOutputQuery, TaskParams } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { taskOutput } from '../examples/monitor.ts'
import { textOperation } from '../operation/raw.ts'
import { followOutput } from '../stream/follow-output.ts'

/** `/tasks/…/output`. */
const outputRoutes: FastifyPluginCallback<{ readonly cluster: Pick<Cluster, 'tasks'> }> = (
  instance,
  { cluster: { tasks } },
  done,
) => {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()
  const stopping = new AbortController()
  app.addHook('preClose', (next) => {
    stopping.abort()
    next()
  })

  app.get(
    '/tasks/:task_id/output',
    textOperation({
      id: 'getTaskOutput',
      tag: 'tasks',
      scope: 'read',
      summary: 'What a task has printed',
      description:
        'Plain text, from `offset` on; the header X-Next-Offset tells the `offset` that goes on from there. With `follow=true` the answer goes on until the task is final; where it breaks off before, ask again from the offset that you have reached. A task that runs again prints anew, from offset 0.',
      params: TaskParams,
      query: TaskOutputQuery,
      media: 'text/plain',
      answer: TaskOutput,
      headers: ['X-Next-Offset'],
      errors: ['TASK_NOT_FOUND'],
      example: taskOutput,
    }),
    async (request, reply) => {
      const { method, params, query } = request
      const { task_id } = params
      const { offset = 0, follow = false } = query
      const first = await tasks.output({ task_id, offset, wait: 0 })
      reply.type('text/plain; charset=utf-8')
      if (!follow || first.ended || method === 'HEAD') {
        return reply.header('X-Next-Offset', String(first.next_offset)).send(first.text)
      }

      const gone = new AbortController()
      const stopWatching = app.watchKey(request, () => gone.abort())
      finished(reply.raw, () => {
        stopWatching()
        gone.abort()
      })
      const signal = AbortSignal.any([stopping.signal, gone.signal])
      const text = Readable.from(followOutput({ tasks, task_id, first, signal }), { highWaterMark: 1 })
      // A clean end would say that the task is final: where the server stops, or the key ends, the connection breaks off instead.
      addAbortSignal(signal, text)
      return reply.send(text)
    },
  )

  done()
}

export default outputRoutes
