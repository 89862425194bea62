/** What happens in the cluster, as it happens (CONTRACT.md §6). */
import { fastifySSE } from '@fastify/sse'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { MonitorEvent, StreamHeaders, StreamQuery } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { monitorEvent } from '../examples/monitor.ts'
import { textOperation } from '../operation/raw.ts'
import { createFanOut } from '../stream/fan-out.ts'
import { createFeed } from '../stream/feed.ts'
import { expulsion, farewell, opening } from '../stream/frames.ts'
import { createReader, type Reader } from '../stream/reader.ts'
import { wantedBy } from '../stream/wanted.ts'

/** A comment this often keeps a stream open through proxies, and finds out who is gone. */
const KEEP_ALIVE_MS = 15_000

/** From here on the bytes of the answer are ours. */
const takeOver = (reply: FastifyReply) => {
  reply.hijack()
  reply.sse.keepAlive()
  reply.sse.sendHeaders()
}

/** `/monitor/…`. */
const monitorRoutes: FastifyPluginAsync<{ readonly cluster: Pick<Cluster, 'events'> }> = async (
  instance,
  { cluster },
) => {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()
  // It writes the headers and the comments, and reads Last-Event-ID. What it lacks is ours (TOOLCHAIN.md): frames that are made
  // once for all readers, back-pressure, the end when the server stops, and the 406 in the envelope, hence `manual`.
  await app.register(fastifySSE, { heartbeatInterval: KEEP_ALIVE_MS })

  const fanOut = createFanOut(cluster.events)
  const readers = new Set<Reader>()
  let isStopping = false
  app.addHook('preClose', async () => {
    isStopping = true
    fanOut.flush()
    await Promise.all([...readers].map((reader) => reader.end(farewell)))
  })

  app.get(
    '/monitor/stream',
    {
      sse: 'manual',
      ...textOperation({
        id: 'streamEvents',
        tag: 'monitoring',
        scope: 'read',
        summary: 'The events of the cluster, as they happen',
        description:
          'Server-sent events: one unnamed message for each event, its `data` one JSON object, its `id` never used twice. Send the last one as `Last-Event-ID` to go on from there without a gap; where that is no longer kept, the first message is a `stream_reset`. Telemetry (`device_update`) is not kept, and not sent again. A comment every 15 seconds keeps the stream open; a client that does not read is closed once it is 1 MiB behind. It ends when its key is removed, or expires. Only so many streams of a key may be open at a time: `X-RateLimit-*` tell of these.',
        query: StreamQuery,
        reads: StreamHeaders,
        media: 'text/event-stream',
        answer: MonitorEvent,
        example: monitorEvent,
      }),
    },
    async (request, reply) => {
      const { raw: response } = reply
      if (request.method === 'HEAD') {
        takeOver(reply)
        response.end()
        return
      }

      const release = app.takeStream(request, reply)
      const reader = createReader(response, () =>
        request.log.info('monitor stream closed: its reader is too far behind'),
      )
      const feed = createFeed({ source: cluster.events, fanOut, reader, wanted: wantedBy(request.query) })
      const expelled = new AbortController()
      const stopWatching = app.watchKey(request, () => expelled.abort())
      const over = () => {
        release()
        stopWatching()
        feed.stop()
        readers.delete(reader)
      }
      response.once('close', over)

      // Read before the headers are sent: where the node is away, the answer is an error in its envelope.
      const { lastEventId } = reply.sse
      const first = await feed.first(lastEventId).catch((error: unknown) => {
        over()
        throw error
      })
      if (response.destroyed) {
        over()
        reply.hijack()
        return
      }
      readers.add(reader)
      takeOver(reply)
      reader.sendAll([opening(lastEventId === null ? first.last : null)])
      if (isStopping) void reader.end(farewell)
      const expel = () => void reader.end(expulsion)
      if (expelled.signal.aborted) expel()
      else expelled.signal.addEventListener('abort', expel)
      feed.follow(first).catch((error: unknown) => {
        // The client comes back, and goes on from the last event that it had.
        request.log.warn({ err: error }, 'monitor stream ended: its events could not be read')
        void reader.end(farewell)
      })
    },
  )
}

export default monitorRoutes
