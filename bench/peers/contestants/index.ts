/** All peers, in the order of the table. */
import type { Peer } from '../contestant.ts'
import { bullmq, bullmqEverysec } from './bullmq.ts'
import { celery } from './celery.ts'
import { dask } from './dask.ts'
import { onPostgresql } from './ours-on-postgresql.ts'
import { graphileWorker, pgBoss } from './postgresql-queue.ts'

/** The peers. */
export const peers: readonly Peer[] = [bullmq, bullmqEverysec, graphileWorker, pgBoss, celery, dask, ...onPostgresql]
