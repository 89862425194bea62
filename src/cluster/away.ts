/** What callers are told while the store cannot be reached. */
import { ClusterError } from './errors.ts'
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

/** What a read says, with the refusal where the store is away. */
const told = <T>(reading: Promise<T>): Promise<T> =>
  reading.catch((error: unknown) => {
    throw error instanceof StoreError && error.kind === 'away' ? unavailable(error) : error
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
