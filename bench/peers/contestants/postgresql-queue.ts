/** Queues in PostgreSQL: graphile-worker and pg-boss. */
import type { Bench } from '../../measure/case.ts'
import type { Program } from '../../measure/program.ts'
import type { Contestant, Peer } from '../contestant.ts'
import { startNodeDriver, startNodeWorker } from '../programs.ts'
import { startPostgresql } from '../servers/postgresql.ts'
import { besideOurs } from './ours.ts'

/** Starts one in a PostgreSQL that runs. */
export const startQueue = async (
  name: string,
  postgresql: Program & { readonly url: string },
  using: Bench['using'],
): Promise<Contestant> => {
  const variables = { DATABASE_URL: postgresql.url }
  const worker = using(await startNodeWorker(name, variables))
  return { driver: using(startNodeDriver(name, variables)), servers: [postgresql, worker] }
}

const peer = (name: string, times: number): Peer => ({
  name,
  title: name,
  needs: ['postgresql', 'node-packages'],
  times,
  start: besideOurs(async ({ using }) => startQueue(name, using(await startPostgresql()), using)),
})

/** Woken by a notification for each job, and fetches many at a time. */
export const graphileWorker = peer('graphile-worker', 10)

/** Woken likewise; takes and ends jobs by the batch. */
export const pgBoss = peer('pg-boss', 5)
