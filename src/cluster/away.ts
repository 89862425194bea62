/** What callers are told while the store cannot be reached. */
import { ClusterError } from './errors.ts'
import type { FileStore } from './ports/files.ts'
import { type Store, StoreError } from './ports/store.ts'

/** It is looked for much more often than this; who asks again so soon finds it soon, seconds. */
const RETRY_AFTER_SECONDS = 1

/** The refusal for a store that is away. */
export const unavailable = (cause: unknown): ClusterError =>
  new ClusterError(
    'CLUSTER_UNAVAILABLE',
    { reason: 'its database does not answer', retry_after_seconds: RETRY_AFTER_SECONDS },
    { cause },
  )

/** The refusal for a node whose place another one has taken: that one is found within a moment. */
export const deposed = (cause: unknown): ClusterError =>
  new ClusterError(
    'CLUSTER_UNAVAILABLE',
    { reason: 'another node schedules now', retry_after_seconds: RETRY_AFTER_SECONDS },
    { cause },
  )

/** The refusal that an error of the store stands for, where it is one that passes; any other error as it is. */
export const refusalOf = (error: unknown): unknown => {
  if (!(error instanceof StoreError)) return error
  if (error.kind === 'away') return unavailable(error)
  return error.kind === 'deposed' ? deposed(error) : error
}

/** What a read says, with the refusal where the store is away. */
const told = <T>(reading: Promise<T>): Promise<T> =>
  reading.catch((error: unknown) => {
    throw refusalOf(error)
  })

/** Files that are refused with `CLUSTER_UNAVAILABLE` while the store that keeps them is away. */
export const filesTellingWhenAway = (files: FileStore): FileStore => ({
  stat: (sha256) => told(files.stat(sha256)),
  partial: (sha256) => told(files.partial(sha256)),
  write: (writing) => told(files.write(writing)),
  read: (sha256, start, end) => told(files.read(sha256, start, end)),
  touch: (sha256) => told(files.touch(sha256)),
  remove: (sha256) => told(files.remove(sha256)),
  list: () => files.list(),
  partials: () => files.partials(),
  removePartial: (partial) => told(files.removePartial(partial)),
  space: () => told(files.space()),
})

/** A store whose reads are refused with `CLUSTER_UNAVAILABLE` while it is away; all else is as it was. */
export const tellingWhenAway = (store: Store): Store => ({
  load: () => store.load(),
  commit: (changes) => store.commit(changes),
  task: (task_id) => told(store.task(task_id)),
  tasks: (filter, page) => told(store.tasks(filter, page)),
  taskCounts: (filter) => told(store.taskCounts(filter)),
  keptAnswer: (key) => told(store.keptAnswer(key)),
  namedSince: (sha256, since_ms) => told(store.namedSince(sha256, since_ms)),
  batch: (batch_id) => told(store.batch(batch_id)),
  unrepeated: (batch_id, after, limit) => told(store.unrepeated(batch_id, after, limit)),
  left: (batch_id, after, limit) => told(store.left(batch_id, after, limit)),
  logs: (filter, page) => told(store.logs(filter, page)),
  logCount: (filter) => told(store.logCount(filter)),
  audit: (filter, page) => told(store.audit(filter, page)),
  auditCount: (filter) => told(store.auditCount(filter)),
  auditAnchor: () => told(store.auditAnchor()),
  eventsAfter: (sequence, limit) => told(store.eventsAfter(sequence, limit)),
  firstEventSequence: () => told(store.firstEventSequence()),
  metrics: (resolution, since_ms, device_id) => told(store.metrics(resolution, since_ms, device_id)),
  taskEnds: (since_ms, device_id) => told(store.taskEnds(since_ms, device_id)),
  prune: (bounds) => store.prune(bounds),
  hasRoom: () => store.hasRoom(),
  regainRoom: () => store.regainRoom(),
  probe: () => store.probe(),
  close: () => store.close(),
})
