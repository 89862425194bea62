/** The monitor stream to a thousand clients. */
import { join } from 'node:path'
import type { Case } from '../measure/case.ts'
import { type Ceiling, startCeiling } from '../measure/ceiling.ts'
import { withCost } from '../measure/cost.ts'
import { inPairs } from '../measure/pairs.ts'
import { type Readers, startReaders } from '../measure/readers.ts'
import { rowOf } from '../measure/row.ts'
import { KEY, type Service, startService } from '../measure/service.ts'

const STREAMS = 1000
const EVENTS = 100
const SECONDS = 3

const tasks = Array.from({ length: EVENTS }, () => ({ task_type: 'echo', payload: { message: 'hello' } }))

/** Events of batches of tasks, each client gets all. */
export const stream: Case = {
  name: 'stream',
  measure: async ({ pairs, directory, tell, using }) => {
    const service = using(await startService(join(directory, 'node')))
    const ceiling = using(await startCeiling('stream'))
    const [ofOurs, ofCeiling] = [using(startReaders()), using(startReaders())]
    const of = (readers: Readers, server: Service | Ceiling) =>
      withCost(
        server,
        () =>
          readers.ask({
            port: server.port,
            path: '/api/v1/monitor/stream?types=tasks',
            headers: { 'x-api-key': KEY },
            streams: STREAMS,
            cause: { path: '/api/v1/tasks/batch', body: JSON.stringify({ tasks }), events: EVENTS },
            seconds: SECONDS,
          }),
        ({ events }) => events,
      )
    const measured = await inPairs(
      { ours: () => of(ofOurs, service), ceiling: () => of(ofCeiling, ceiling) },
      pairs,
      tell,
    )
    return [
      rowOf(measured, 'perSecond', {
        what: 'monitor stream to 1,000 clients, delivered events',
        unit: 'events/s',
        wanted: { of: 'ratio', least: 0.7 },
      }),
    ]
  },
}
