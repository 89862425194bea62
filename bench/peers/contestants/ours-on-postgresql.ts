/** Our service with its state in PostgreSQL: beside queues in the same server, beside itself on SQLite, and as several nodes. */
import { join } from 'node:path'
import type { Program } from '../../measure/program.ts'
import { KEY, type Service, startService } from '../../measure/service.ts'
import { startWorker } from '../../measure/worker.ts'
import type { Contestant, Peer, Place, StartBoth } from '../contestant.ts'
import { CONCURRENCY, startNodeDriver } from '../programs.ts'
import { startPostgresql } from '../servers/postgresql.ts'
import { startOurs } from './ours.ts'
import { startQueue } from './postgresql-queue.ts'

/** So many nodes, which are asked in turn; the worker joins the one that was started last. */
const startNodes = async (
  { directory, using }: Place,
  postgresql: Program & { readonly url: string },
  count: number,
): Promise<Contestant> => {
  const nodes: Service[] = []
  for (let number = 1; number <= count; number += 1)
    nodes.push(using(await startService(join(directory, `node-${number}`), ['--database', postgresql.url])))
  const last = nodes.at(-1)
  if (last === undefined) throw new Error('no node was asked for')
  const worker = using(await startWorker(last, join(directory, 'worker'), ['--slots', String(CONCURRENCY)]))
  const driver = using(
    startNodeDriver('ours', { SERVICE_URL: nodes.map(({ url }) => url).join(','), SERVICE_KEY: KEY }),
  )
  return { driver, servers: [postgresql, ...nodes, worker] }
}

const besideQueue =
  (name: string): StartBoth =>
  async (ours, theirs) => {
    // Each in a schema of its own.
    const postgresql = theirs.using(await startPostgresql())
    return { ours: await startNodes(ours, postgresql, 1), peer: await startQueue(name, postgresql, theirs.using) }
  }

const queue = (name: string, times: number): Peer => ({
  name: `${name}-same-postgresql`,
  title: `${name}, ours in the same PostgreSQL`,
  needs: ['postgresql', 'node-packages'],
  times,
  start: besideQueue(name),
})

/** One node on PostgreSQL, against one on SQLite. */
const sqlite: Peer = {
  name: 'sqlite',
  title: 'ours on PostgreSQL, beside ours on SQLite',
  needs: ['postgresql', 'node-packages'],
  times: null,
  start: async (ours, theirs) => ({
    ours: await startNodes(ours, ours.using(await startPostgresql()), 1),
    peer: await startOurs(theirs),
  }),
}

/** Several nodes against one, each on a PostgreSQL of their own. */
const several = (count: number): Peer => ({
  name: `${count}-nodes`,
  title: `ours as ${count} nodes on PostgreSQL, beside one`,
  needs: ['postgresql', 'node-packages'],
  times: null,
  start: async (ours, theirs) => ({
    ours: await startNodes(ours, ours.using(await startPostgresql()), count),
    peer: await startNodes(theirs, theirs.using(await startPostgresql()), 1),
  }),
})

/** All of them. */
export const onPostgresql: readonly Peer[] = [
  queue('graphile-worker', 5),
  queue('pg-boss', 3),
  sqlite,
  several(2),
  several(3),
]
