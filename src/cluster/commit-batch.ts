/** What the units of one turn change, on its way to one commit; and who waits for it. */
import type { ConfigPatch } from '../../schemas/index.ts'
import type {
  DeviceCounters,
  DeviceRecord,
  JoinTokenRecord,
  KeptAnswer,
  KeyRecord,
  RevocationRecord,
  StoredAudit,
  StoredEvent,
  TaskRecord,
} from './ports/records.ts'
import type { Changes } from './ports/store.ts'

/** Who waits for the commit. */
type Caller = {
  /** Evaluates the answer, which may still add to the batch; what it returns hands the answer over. */
  readonly answer: () => () => void
  readonly reject: (error: Error) => void
}

/** All that one commit will write. A row that is undefined is removed. */
export type CommitBatch = {
  readonly tasks: Map<string, TaskRecord>
  readonly devices: Map<string, DeviceRecord | undefined>
  readonly counters: Set<string>
  readonly keys: Map<string, KeyRecord | undefined>
  readonly joinTokens: Map<string, JoinTokenRecord | undefined>
  readonly revocations: Map<string, RevocationRecord | undefined>
  readonly metrics: Changes['metrics'][number][]
  readonly events: StoredEvent[]
  readonly logs: Changes['logs'][number][]
  readonly kept: KeptAnswer[]
  readonly audit: StoredAudit[]
  config: ConfigPatch | undefined
  readonly undo: (() => void)[]
  readonly effects: (() => void)[]
  readonly callers: Caller[]
}

/** A batch into which nothing has gone yet. */
export const emptyBatch = (): CommitBatch => ({
  tasks: new Map(),
  devices: new Map(),
  counters: new Set(),
  keys: new Map(),
  joinTokens: new Map(),
  revocations: new Map(),
  metrics: [],
  events: [],
  logs: [],
  kept: [],
  audit: [],
  config: undefined,
  undo: [],
  effects: [],
  callers: [],
})

type Rows<R> = ReadonlyMap<string, R | undefined>

const written = <R>(rows: Rows<R>): R[] => [...rows.values()].filter((row) => row !== undefined)
const removed = <R>(rows: Rows<R>): string[] => [...rows].filter(([, row]) => row === undefined).map(([id]) => id)

/** What the store is to write. `countersOf`: the counters of a device as they are now. */
export const changesOf = (
  full: CommitBatch,
  countersOf: (device_id: string) => DeviceCounters | undefined,
): Changes => ({
  tasks: [...full.tasks.values()],
  devices: written(full.devices),
  removedDevices: removed(full.devices),
  counters: [...full.counters].map(countersOf).filter((row) => row !== undefined),
  events: full.events,
  logs: full.logs,
  keys: written(full.keys),
  removedKeys: removed(full.keys),
  joinTokens: written(full.joinTokens),
  removedJoinTokens: removed(full.joinTokens),
  revocations: written(full.revocations),
  liftedRevocations: removed(full.revocations),
  metrics: full.metrics,
  answers: full.kept,
  audit: full.audit,
  ...(full.config === undefined ? {} : { config: full.config }),
})

/** Whether there is nothing to write. */
export const isEmpty = (batch: CommitBatch): boolean => {
  const { tasks, devices, counters, keys, joinTokens, revocations, metrics, events, logs, kept, audit, config } = batch
  return (
    [tasks, devices, counters, keys, joinTokens, revocations].every(({ size }) => size === 0) &&
    [metrics, events, logs, kept, audit].every(({ length }) => length === 0) &&
    config === undefined
  )
}
