/** Celery, with Redis for its queue and for its results. */
import type { Peer } from '../contestant.ts'
import { startPython, startPythonDriver } from '../programs.ts'
import { startRedis } from '../servers/redis.ts'
import { besideOurs } from './ours.ts'

/** As durable as ours. */
export const celery: Peer = {
  name: 'celery',
  title: 'Celery and Redis, appendfsync always',
  needs: ['redis', 'python-packages'],
  times: 8,
  start: besideOurs(async ({ directory, using }) => {
    const redis = using(await startRedis(directory, 'always'))
    const variables = { REDIS_PORT: String(redis.port) }
    const worker = using(
      await startPython(
        [
          ...['-m', 'celery', '--app', 'celery_app', 'worker', '--loglevel', 'WARNING'],
          // What many workers tell each other.
          ...['--without-gossip', '--without-mingle', '--without-heartbeat'],
        ],
        / ready$/m,
        variables,
      ),
    )
    return { driver: using(startPythonDriver('celery', variables)), servers: [redis, worker] }
  }),
}
