/** What is done to nodes on one PostgreSQL, and to that. Each fault is over, and all of it serves again, when its promise resolves. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Chance } from '../../../faults/chance.ts'
import type { Direction } from '../../../faults/proxy.ts'
import { until } from '../../../start-cluster.ts'
import type { FaultyNode, NodesRig } from './rig.ts'

/** What a fault is given: what it strikes, its choices, and what waits until so many more tasks are acknowledged. */
export type Struck = {
  readonly rig: NodesRig
  readonly chance: Chance
  /** The number of the fault, of its kind. */
  readonly number: number
  further(tasks: number): Promise<void>
  /** Notes what is wrong. */
  found(what: string): void
  /** Notes how long something took, milliseconds. */
  took(what: string, ms: number): void
}

/** A fault. */
export type Fault = (struck: Struck) => Promise<void>

/** So many tasks are acknowledged by others while one is away, fewer than this. */
const TASKS = 15

/** Longest time for which a node is kept from the database, milliseconds: two leases and a half. */
const LONGEST_MS = 10_000

/** It answers again within this on a machine with more to do than it can, seconds. */
const PATIENCE = 60

/** A node is stopped for so long, milliseconds: seven leases. */
const STOPPED_MS = 30_000

/** The one that schedules every other time, else any. */
const victimOf = async ({ rig, chance, number }: Struck): Promise<FaultyNode> => {
  const scheduling = await rig.scheduling()
  return number % 2 === 0 ? scheduling : chance.pick([...rig.nodes])
}

/** Resolves when the cluster answers again, and takes tasks in, and notes how long the first took. */
const servedAgain = async ({ rig, further, took }: Struck, what: string): Promise<void> => {
  const fromMs = performance.now()
  // Asked anew: what was under way already may be answered still.
  const answered = async () =>
    (await rig.client.call('GET', '/api/v1/tasks?limit=1')) === undefined ? undefined : true
  await until('it answers again', answered, PATIENCE)
  took(what, performance.now() - fromMs)
  await further(1)
}

/** Resolves when each node refuses what it would have to ask the database. */
const refusedByAll = async ({ nodes }: NodesRig): Promise<void> => {
  for (const { name, client } of nodes)
    await until(`${name} says that it cannot answer`, async () => {
      const { refused } = client
      await client.call('GET', '/api/v1/tasks?limit=1')
      return client.refused > refused || undefined
    })
}

const killNode: Fault = async (struck) => {
  const { rig, chance, further } = struck
  const victim = await victimOf(struck)
  const what = victim === (await rig.scheduling()) ? 'another one schedules' : 'others serve'
  await victim.kill()
  // Where it is started at once, it meets its own lease of before.
  if (chance.happens(0.7)) {
    await servedAgain(struck, `${what} after a kill`)
    await further(chance.below(TASKS))
  }
  await victim.start().ready
}

const partition: Fault = async (struck) => {
  const { chance } = struck
  const victim = await victimOf(struck)
  if (chance.happens(0.5)) victim.way.cut()
  else victim.way.hold(...chance.pick<readonly Direction[]>([[], ['to_node'], ['to_device']]))
  await pause(chance.between(500, LONGEST_MS))
  victim.way.heal()
}

const killDatabase: Fault = async (struck) => {
  const { rig, chance } = struck
  await rig.server.kill()
  await refusedByAll(rig)
  await pause(chance.between(0, 3000))
  await rig.server.start()
  await servedAgain(struck, 'service after the return of the database')
}

const terminate: Fault = async (struck) => {
  const { rig, chance } = struck
  for (let again = 1 + chance.below(5); again > 0; again -= 1) {
    await pause(chance.between(0, 300))
    await rig.server.terminate(rig.url)
  }
  await servedAgain(struck, 'service after its connections were terminated')
}

const holderOf = async ({ server, url }: NodesRig): Promise<string | undefined> =>
  (await server.query<{ holder: string }>(url, 'SELECT holder FROM retire_cluster.head'))[0]?.holder

/** The one that schedules. What clients ask of it meanwhile waits in its sockets, and is the first that it sees when it goes on. */
const stop: Fault = async ({ rig, found }) => {
  const victim = await rig.scheduling()
  const before = await holderOf(rig)
  victim.signal('SIGSTOP')
  await pause(STOPPED_MS)
  victim.signal('SIGCONT')
  await rig.allServe()
  if ((await holderOf(rig)) === before) found(`${victim.name} has the lease after it went on`)
}

/** The faults, by name. */
export const faults = {
  'kill -9 of a node': killNode,
  'a node is kept from the database': partition,
  'kill -9 of the database': killDatabase,
  'pg_terminate_backend of all connections': terminate,
  'SIGSTOP of a node': stop,
} as const satisfies Record<string, Fault>
