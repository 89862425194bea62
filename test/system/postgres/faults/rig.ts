/** Nodes on one PostgreSQL that are made to fail, behind one address: each has a way of its own to the database, which can fail too. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { ServerHealth } from '../../../../schemas/index.ts'
import { openRoundRobin } from '../../../../scripts/demo-cluster/round-robin.ts'
import type { Chance } from '../../../faults/chance.ts'
import { type Client, createClient } from '../../../faults/http.ts'
import { freePort } from '../../../faults/ports.ts'
import { createPrograms, JOIN_TOKEN, type Start } from '../../../faults/programs.ts'
import { openProxy, type Proxy } from '../../../faults/proxy.ts'
import type { Used } from '../../../faults/rig.ts'
import { until } from '../../../start-cluster.ts'
import { journalOf } from '../journal.ts'
import type { PostgresServer } from '../server.ts'

/** A node. */
export interface FaultyNode {
  readonly name: string
  /** Calls it, and no other. */
  readonly client: Client
  /** Its way to the database. */
  readonly way: Proxy
  isRunning(): boolean
  start(): Start
  /** Sends it a signal, such as SIGSTOP. */
  signal(signal: NodeJS.Signals): void
  /** `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>
  health(): Promise<ServerHealth | undefined>
}

/** Nodes under faults. */
export interface NodesRig extends Used {
  readonly server: PostgresServer
  /** Of the database. */
  readonly url: string
  readonly nodes: readonly [FaultyNode, ...FaultyNode[]]
  /** The one that schedules; waits until there is one. */
  scheduling(): Promise<FaultyNode>
  /** Resolves when each serves, with what the others say. */
  allServe(): Promise<void>
}

/** How they are built. */
export type NodesOptions = {
  readonly chance: Chance
  readonly compileCache: string
  readonly server: PostgresServer
  /** The name of the database. */
  readonly database: string
  readonly nodeArgs: readonly string[]
  readonly workerArgs: readonly string[]
}

const NAMES = ['node-1', 'node-2', 'node-3'] as const

/** Another one serves, or the same again, within this on a machine with more to do than it can, seconds. */
const PATIENCE = 60

/** Each task has one end in the rows, whatever was told. */
const endsOf = async (server: PostgresServer, url: string): Promise<string[]> => {
  const ends = new Map<string, number>()
  for (const { event } of await journalOf(server, url))
    if (['task_completed', 'task_failed', 'task_cancelled'].includes(event.type) && 'task_id' in event)
      ends.set(event.task_id ?? '', (ends.get(event.task_id ?? '') ?? 0) + 1)
  return [...ends]
    .filter(([, count]) => count !== 1)
    .map(([task_id, count]) => `${task_id} has ${count} ends in the rows`)
}

/** Starts three nodes one after another, and what stands before them; all of it ends with the test. */
export const startNodesRig = async (t: Test, options: NodesOptions): Promise<NodesRig> => {
  const { chance, server, nodeArgs, workerArgs } = options
  const directory = mkdtempSync(join(tmpdir(), 'retire-cluster-nodes-'))
  const programs = createPrograms(directory, options.compileCache)
  const url = await server.database(options.database)
  const clusterPorts = new Map<string, number>()
  const ports: number[] = []

  const createNode = async (name: string): Promise<FaultyNode> => {
    const port = await freePort(chance)
    const clusterPort = await freePort(chance)
    const way = await openProxy(Number(new URL(url).port))
    const client = createClient(port)
    t.teardown(async () => {
      client.close()
      await way.close()
    })
    ports.push(port)
    clusterPorts.set(name, clusterPort)
    const database = new URL(url)
    database.port = `${way.port}`
    const flags = [
      '--port', `${port}`,
      '--no-rate-limit',
      '--cluster-port', `${clusterPort}`,
      '--cluster-bind', '127.0.0.1',
      '--data-dir', join(directory, name),
      '--join-token', JOIN_TOKEN,
      ...nodeArgs,
    ] // prettier-ignore
    return {
      name,
      client,
      way,
      isRunning: () => programs.isRunning(name),
      start: () => {
        const child = programs.launch(name, 'api', flags, { variables: { RETIRE_CLUSTER_DATABASE: database.href } })
        return { ready: programs.ready(child, `http://127.0.0.1:${port}`) }
      },
      signal: (signal) => programs.processOf(name).kill(signal),
      kill: () => programs.kill(name),
      health: async () => (await client.call<ServerHealth>('GET', '/health'))?.data,
    }
  }
  const nodes = [
    await createNode(NAMES[0]), await createNode(NAMES[1]), await createNode(NAMES[2])
  ] as const // prettier-ignore
  const front = await openRoundRobin(ports)
  const client = createClient(front.port)
  t.teardown(async () => {
    client.close()
    await front.close()
    await programs.killAll()
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 })
  })
  for (const node of nodes)
    if ((await node.start().ready) === undefined) throw new Error(programs.breaches.at(-1) ?? `${node.name} ended`)

  return {
    directory,
    client,
    port: front.port,
    breaches: programs.breaches,
    server,
    url,
    nodes,
    // Somebody always listens; who is refused comes again when he likes.
    serving: () => Promise.resolve(),
    startWorker: (device_id) => {
      const at = clusterPorts.get(NAMES[Number(device_id.split('-')[1]) % NAMES.length] ?? '') ?? 0
      return programs.startWorker(device_id, at, workerArgs)
    },
    scheduling: () =>
      until(
        'a node schedules',
        async () => {
          for (const node of nodes) {
            const health = node.isRunning() ? await node.health() : undefined
            if (health?.cluster.mode === 'embedded' && health.cluster.reachable) return node
          }
          return undefined
        },
        PATIENCE,
      ),
    allServe: async () => {
      for (const node of nodes)
        await until(
          `${node.name} serves`,
          async () => ((await node.health())?.cluster.reachable === true ? true : undefined),
          PATIENCE,
        )
    },
    stop: async () => {
      for (const each of [client, ...nodes.map((node) => node.client)]) each.close()
      return programs.stop()
    },
    integrity: () => endsOf(server, url),
  }
}
