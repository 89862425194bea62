/** Our service as it is built, with all that it does for its users, and a worker. */
import { join } from 'node:path'
import { KEY, startService } from '../../measure/service.ts'
import { startWorker } from '../../measure/worker.ts'
import type { Start, StartBoth } from '../contestant.ts'
import { CONCURRENCY, startNodeDriver } from '../programs.ts'

/** Starts it. */
export const startOurs: Start = async ({ directory, using }) => {
  const service = using(await startService(join(directory, 'node')))
  const worker = using(await startWorker(service, join(directory, 'worker'), ['--slots', String(CONCURRENCY)]))
  const driver = using(startNodeDriver('ours', { SERVICE_URL: service.url, SERVICE_KEY: KEY }))
  return { driver, servers: [service, worker] }
}

/** Ours as it is by itself, beside a peer. */
export const besideOurs =
  (start: Start): StartBoth =>
  async (ours, theirs) => ({ ours: await startOurs(ours), peer: await start(theirs) })
