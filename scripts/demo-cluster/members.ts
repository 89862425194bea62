/** The processes of the demo: PostgreSQL, nodes on it, and workers. Each is ended by its id. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { launch, type Program } from '../../bench/measure/program.ts'
import { makeScratch } from '../../bench/measure/scratch.ts'
import { startPostgresql } from '../../bench/peers/servers/postgresql.ts'
import { WORKER_NODE_FLAGS, WORKER_NODE_VARIABLES } from '../../src/link/server/worker-node-flags.ts'
import { openRoundRobin } from './round-robin.ts'

const DIST = join(import.meta.dirname, '../../dist')

/** A node of the demo. */
export type DemoNode = { readonly name: string; readonly pid: number; readonly port: number }

/** What runs. */
export interface Members {
  /** Where the proxy listens. */
  readonly url: string
  readonly key: string
  readonly nodes: readonly DemoNode[]
  /** Ends all that was started, the last first, and removes what it wrote. */
  end(): Promise<void>
}

/** How many of each. */
export type Numbers = { readonly nodes: number; readonly workers: number }

type Place = { readonly directory: string; readonly key: string; readonly joinToken: string }

const startNode = ({ directory, key, joinToken }: Place, name: string, database: string) =>
  launch({
    args: [
      join(DIST, 'server/retire-cluster-api.mjs'),
      ...['--port', '0', '--cluster-port', '0', '--cluster-bind', '127.0.0.1', '--data-dir', join(directory, name)],
      ...['--auth', '--no-rate-limit'],
    ],
    ready: /"port":(?<port>\d+).*"cluster_port":(?<clusterPort>\d+).*"msg":"listening"/,
    variables: {
      RETIRE_CLUSTER_DATABASE: database,
      RETIRE_CLUSTER_API_KEY: key,
      RETIRE_CLUSTER_JOIN_TOKEN: joinToken,
    },
  })

const startWorker = ({ directory, joinToken }: Place, name: string, clusterPort: string) =>
  launch({
    args: [
      ...[...WORKER_NODE_FLAGS, join(DIST, 'retire-cluster-worker.mjs'), '--join', `127.0.0.1:${clusterPort}`],
      ...['--device-id', name, '--data-dir', join(directory, name), '--slots', '2'],
      // They are a demo, whatever the battery of this machine.
      ...['--min-battery', 'none', '--max-temperature', 'none', '--max-cpu', 'none'],
    ],
    ready: /^joined as /m,
    variables: { ...WORKER_NODE_VARIABLES, RETIRE_CLUSTER_TOKEN: joinToken },
  })

/** Starts them one after another, and tells which. Where one does not come up, all are ended again. */
export const startMembers = async (numbers: Numbers, tell: (what: string) => void): Promise<Members> => {
  if (!existsSync(DIST)) throw new Error('build it first: npm run build')
  const { directory, remove } = makeScratch()
  const started: { end(): Promise<void> }[] = []
  const end = async () => {
    for (let last = started.pop(); last !== undefined; last = started.pop()) await last.end()
    remove()
  }
  const using = <T extends { end(): Promise<void> }>(one: T): T => {
    started.push(one)
    return one
  }
  const place = { directory, key: randomBytes(16).toString('hex'), joinToken: randomBytes(16).toString('hex') }
  try {
    tell('starts PostgreSQL')
    const database = using(await startPostgresql())
    const nodes: (Program & DemoNode)[] = []
    for (let number = 1; number <= numbers.nodes; number += 1) {
      const name = `node-${number}`
      tell(`starts ${name}`)
      const node = using(await startNode(place, name, database.url))
      nodes.push({ ...node, name, port: Number(node.said.port) })
    }
    for (let number = 1; number <= numbers.workers; number += 1) {
      const node = nodes[number % nodes.length]
      tell(`starts worker ${number} of ${numbers.workers}`)
      using(await startWorker(place, `worker-${number}`, node?.said.clusterPort ?? ''))
    }
    const front = await openRoundRobin(nodes.map(({ port }) => port))
    using({ end: front.close })
    return { url: `http://127.0.0.1:${front.port}`, key: place.key, nodes, end }
  } catch (error) {
    await end()
    throw error
  }
}
