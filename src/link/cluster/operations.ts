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

/**
 * All of them: one that is missing here, or that the interface does not have, fails the type check. What is read tells of the state of
 * the cluster, and may be old in the memory of a node that has been deposed; a check tells of that node.
 */
const operations: Readonly<Record<OperationName, 'read' | 'change' | 'check'>> = {
  status: 'read',
  health: 'check',
  metrics: 'read',
  'devices.list': 'read',
  'devices.get': 'read',
  'devices.ping': 'read',
  'devices.update': 'change',
  'devices.approve': 'change',
  'devices.batch': 'change',
  'devices.remove': 'change',
  'tasks.submit': 'change',
  'tasks.submitBatch': 'change',
  'tasks.batch': 'read',
  'tasks.cancelBatch': 'change',
  'tasks.retryBatch': 'change',
  'tasks.types': 'read',
  'tasks.output': 'read',
  'tasks.list': 'read',
  'tasks.get': 'read',
  'tasks.placement': 'read',
  'tasks.cancel': 'change',
  'tasks.retry': 'change',
  'artifacts.get': 'read',
  'artifacts.missing': 'read',
  'artifacts.remove': 'change',
  'artifacts.ofBatch': 'read',
  'logs.list': 'read',
  'config.get': 'read',
  'config.update': 'change',
  'stats.tasks': 'read',
  'stats.devices': 'read',
  'events.after': 'read',
  'keys.authenticate': 'read',
  'keys.list': 'read',
  'keys.create': 'change',
  'keys.remove': 'change',
  'joinTokens.list': 'read',
  'joinTokens.create': 'change',
  'joinTokens.remove': 'change',
  'audit.list': 'read',
  'audit.refused': 'change',
}

/** True for one that changes nothing, and tells of the state. */
export const isRead = (name: OperationName): boolean => operations[name] === 'read'

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
