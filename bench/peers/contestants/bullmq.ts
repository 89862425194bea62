/** BullMQ: a queue in Redis. */
import type { Peer, Start } from '../contestant.ts'
import { startNodeDriver, startNodeWorker } from '../programs.ts'
import { type Appendfsync, startRedis } from '../servers/redis.ts'
import { besideOurs } from './ours.ts'

const startWith =
  (appendfsync: Appendfsync): Start =>
  async ({ directory, using }) => {
    const redis = using(await startRedis(directory, appendfsync))
    const variables = { REDIS_PORT: String(redis.port) }
    const worker = using(await startNodeWorker('bullmq', variables))
    return { driver: using(startNodeDriver('bullmq', variables)), servers: [redis, worker] }
  }

const needs = ['redis', 'node-packages'] as const

/** As durable as ours. */
export const bullmq: Peer = {
  name: 'bullmq',
  title: 'BullMQ, appendfsync always',
  needs,
  times: 2,
  isBoundAlone: true,
  start: besideOurs(startWith('always')),
}

/** As most run it. */
export const bullmqEverysec: Peer = {
  name: 'bullmq-everysec',
  title: 'BullMQ, appendfsync everysec (less durable)',
  needs,
  times: null,
  start: besideOurs(startWith('everysec')),
}
