/** The operations of a cluster by name, as they cross the link. */
import type { Cluster } from '../../cluster/cluster.ts'

type Asynchronous = (input: never) => Promise<unknown>

/** The names that follow from the interface: every method that takes one object and promises one. */
type NamesOf<T> = {
  [K in keyof T & string]: T[K] extends Asynchronous
    ? K
    : T[K] extends (...input: never[]) => unknown
      ? never
      : `${K}.${NamesOf<T[K]>}`
}[keyof T & string]

/** Those that move bytes: they have connections of their own. */
type Transfers = Pick<Cluster['artifacts'], 'store' | 'open'>

/** The name of an operation. */
export type OperationName = Exclude<NamesOf<Cluster>, `artifacts.${keyof Transfers}`>

/** All of them: one that is missing here, or that the interface does not have, fails the type check. */
const operations: Readonly<Record<OperationName, true>> = {
  status: true,
  health: true,
  metrics: true,
  'devices.list': true,
  'devices.get': true,
  'devices.ping': true,
  'devices.update': true,
  'devices.approve': true,
  'devices.batch': true,
  'devices.remove': true,
  'tasks.submit': true,
  'tasks.submitBatch': true,
  'tasks.batch': true,
  'tasks.cancelBatch': true,
  'tasks.retryBatch': true,
  'tasks.types': true,
  'tasks.output': true,
  'tasks.list': true,
  'tasks.get': true,
  'tasks.placement': true,
  'tasks.cancel': true,
  'tasks.retry': true,
  'artifacts.get': true,
  'artifacts.missing': true,
  'artifacts.remove': true,
  'artifacts.ofBatch': true,
  'logs.list': true,
  'config.get': true,
  'config.update': true,
  'stats.tasks': true,
  'stats.devices': true,
  'events.after': true,
  'keys.authenticate': true,
  'keys.list': true,
  'keys.create': true,
  'keys.remove': true,
  'joinTokens.list': true,
  'joinTokens.create': true,
  'joinTokens.remove': true,
  'audit.list': true,
  'audit.refused': true,
}

/** An operation, whatever it is. */
export type Operation = (input: unknown) => Promise<unknown>

/** The operation of this name; undefined where there is none. Only names of the table are looked up. */
export const operationOf = (cluster: Cluster, name: string): Operation | undefined => {
  if (!Object.hasOwn(operations, name)) return undefined
  const [group = '', method] = name.split('.')
  const holder = cluster as unknown as Record<string, unknown>
  const found = method === undefined ? holder[group] : (holder[group] as Record<string, unknown>)[method]
  return found as Operation
}

/** A cluster whose operations are all `call`. */
export const clusterOf = (
  call: (name: OperationName, input: unknown) => Promise<unknown>,
  rest: {
    readonly listen: Cluster['events']['listen']
    readonly onRemoved: Cluster['keys']['onRemoved']
    readonly transfers: Transfers
    readonly acting: Cluster['acting']
    readonly reachability: Cluster['reachability']
  },
): Cluster => {
  const cluster: Record<string, unknown> = { reachability: rest.reachability, acting: rest.acting }
  for (const name of Object.keys(operations) as OperationName[]) {
    const [group = '', method] = name.split('.')
    const operation: Operation = (input) => call(name, input)
    if (method === undefined) cluster[group] = operation
    else cluster[group] = { ...(cluster[group] as object | undefined), [method]: operation }
  }
  cluster.events = { ...(cluster.events as object), listen: rest.listen }
  cluster.artifacts = { ...(cluster.artifacts as object), ...rest.transfers }
  cluster.keys = { ...(cluster.keys as object), onRemoved: rest.onRemoved }
  // The table above is complete, so that the object is.
  return cluster as unknown as Cluster
}
