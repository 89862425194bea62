/** One task at a time, from the submit to its result, on a real worker: durable at both ends. */
import { join } from 'node:path'
import type { Case } from '../measure/case.ts'
import { startLoadMaker } from '../measure/load.ts'
import { rowAlone } from '../measure/row.ts'
import { caller, startService } from '../measure/service.ts'
import { startWorker } from '../measure/worker.ts'

const SECONDS = 4

/** `POST /tasks?wait=…`, one connection. */
export const roundTrip: Case = {
  name: 'round-trip',
  measure: async ({ pairs, directory, tell, using }) => {
    const service = using(await startService(join(directory, 'node')))
    using(await startWorker(service, join(directory, 'worker')))
    const load = using(startLoadMaker())
    const times: number[] = []
    for (let run = 0; run <= pairs; run += 1) {
      const { p50Ms } = await load.ask({
        url: `${service.url}/api/v1/tasks?wait=10`,
        method: 'POST',
        headers: caller,
        body: JSON.stringify({ task_type: 'echo', payload: { message: 'hello' } }),
        connections: 1,
        seconds: SECONDS,
      })
      tell(run === 0 ? 'warm' : `run ${run} of ${pairs}`)
      if (run > 0) times.push(p50Ms)
    }
    return [
      rowAlone(times, {
        what: 'one task at a time, submit with `wait` until the result, p50',
        unit: 'ms',
        wanted: { of: 'ours', most: 3 },
      }),
    ]
  },
}
