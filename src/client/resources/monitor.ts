/** The monitor stream, which goes on by itself where a connection broke. */
import type { Connection } from '../connection.ts'
import { ConnectionError } from '../errors.ts'
import { eventStreamParser } from '../event-stream.ts'
import type { MonitorEvent, QueryOf } from '../operations.ts'
import { delayMs, judge, pause } from '../retrying.ts'
import { textPieces } from '../text-pieces.ts'

/** The server says something every 15 seconds, if only a comment; after three times that, nobody is there any more. */
const QUIET_MS = 45_000

/** The subjects of events. */
export type Subject = 'devices' | 'tasks' | 'logs'

/** Which events are wanted. */
export type StreamOptions = Omit<QueryOf<'streamEvents'>, 'types'> & {
  /** Go on after the event with this id, of an earlier stream. */
  readonly lastEventId?: string
  /** Ends the stream; the loop then throws the signal's reason. */
  readonly signal?: AbortSignal
}

/** An event, with the id after which another stream could go on. */
export type StreamedEvent = MonitorEvent & { readonly id: string }

/** The monitor stream. */
export interface MonitorResource {
  /**
   * Events as they happen: `for await (const event of client.monitor.stream(['tasks'])) …`. A connection that breaks is
   * made anew, and the stream goes on where it was: no event is left out, and none comes twice. An event of type
   * `stream_reset` says that what was missed is no longer kept.
   * @param subjects - what they are about. When absent: all
   * @throws ApiError where the API refuses the stream
   */
  stream(subjects?: readonly Subject[], options?: StreamOptions): AsyncGenerator<StreamedEvent, void, undefined>
}

/** The monitor stream, over a connection. */
export const monitorResource = (connection: Connection): MonitorResource => ({
  async *stream(subjects = [], { lastEventId, signal, ...query } = {}) {
    let last = lastEventId
    let serverPause = 0
    let failures = 0
    const call = signal === undefined ? {} : { signal }
    for (;;) {
      try {
        const response = await connection.open(
          'streamEvents',
          { query: { ...query, ...(subjects.length === 0 ? {} : { types: [...subjects] }) }, call },
          { accept: 'text/event-stream', ...(last === undefined ? {} : { 'last-event-id': last }) },
        )
        failures = 0
        const ready: StreamedEvent[] = []
        const read = eventStreamParser({
          message: ({ data, lastEventId: id }) => ready.push({ ...(JSON.parse(data) as MonitorEvent), id }),
          retry: (ms) => (serverPause = ms),
        })
        for await (const piece of textPieces(response, { quietMs: QUIET_MS, ...call })) {
          read(piece)
          for (const event of ready.splice(0)) {
            last = event.id
            yield event
          }
        }
        signal?.throwIfAborted()
        // The server ended the stream in good order: it stops, or it is restarted.
        throw new ConnectionError('The stream ended.')
      } catch (error) {
        const verdict = judge(error, { repeatable: true })
        if (!verdict.again) throw error
        failures += 1
        await pause(delayMs(failures, Math.max(verdict.atLeastMs, failures === 1 ? 0 : serverPause)), signal)
      }
    }
  },
})
