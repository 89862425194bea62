/** Queues in PostgreSQL: graphile-worker and pg-boss. */
import type { Peer, Start } from '../contestant.ts'
import { startNodeDriver, startNodeWorker } from '../programs.ts'
import { startPostgresql } from '../servers/postgresql.ts'

const startNamed =
  (name: string): Start =>
  async ({ using }) => {
    const postgresql = using(await startPostgresql())
    const variables = { DATABASE_URL: postgresql.url }
    const worker = using(await startNodeWorker(name, variables))
    return { driver: using(startNodeDriver(name, variables)), servers: [postgresql, worker] }
  }

const peer = (name: string, times: number): Peer => ({
  name,
  title: name,
  needs: ['postgresql', 'node-packages'],
  times,
  start: startNamed(name),
})

/** Woken by a notification for each job, and fetches many at a time. */
export const graphileWorker = peer('graphile-worker', 10)

/** Woken likewise; takes and ends jobs by the batch. */
export const pgBoss = peer('pg-boss', 5)
