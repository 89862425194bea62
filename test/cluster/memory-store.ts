/** The Store port in memory, with faults to order. The contract suite of test/store runs against it too. */
import type {
  AnswerKey,
  DeviceCounters,
  DeviceRecord,
  KeptAnswer,
  JoinTokenRecord,
  KeyRecord,
  RevocationRecord,
  MetricsRow,
  StoredAudit,
  StoredEvent,
  StoredLog,
  TaskRecord,
} from '../../src/cluster/ports/records.ts'
import {
  StoreError,
  type AuditFilter,
  type Changes,
  type LogFilter,
  type Store,
  type TaskEnds,
  type TaskFilter,
} from '../../src/cluster/ports/store.ts'
import { logLevels, type AuditAnchor, type ConfigPatch } from '../../schemas/index.ts'

/** A store whose next commits can be made to fail. */
export interface MemoryStore extends Store {
  /** Commits reject with this until it is undefined again. */
  fault: StoreError['kind'] | undefined
  /** How many have. */
  refusals: number
  /** Whether there is room for new work. */
  room: boolean
  /** Every commit that went through, in order. */
  readonly commits: Changes[]
}

const HOUR_MS = 3_600_000

const matchesTask = (filter: TaskFilter) => (record: TaskRecord) =>
  (['status', 'device_id', 'task_type', 'priority', 'batch_id'] as const).every(
    (name) => filter[name] === undefined || record.task[name] === filter[name],
  ) &&
  record.created_ms >= (filter.since_ms ?? -Infinity) &&
  record.created_ms < (filter.until_ms ?? Infinity)

const matchesLog =
  (filter: LogFilter) =>
  ({ entry, at_ms }: StoredLog) =>
    logLevels.indexOf(entry.level) >= logLevels.indexOf(filter.level) &&
    (['device_id', 'task_id', 'component'] as const).every(
      (name) => filter[name] === undefined || entry[name] === filter[name],
    ) &&
    at_ms >= (filter.since_ms ?? -Infinity) &&
    at_ms < (filter.until_ms ?? Infinity)

const matchesAudit =
  (filter: AuditFilter) =>
  ({ entry, at_ms }: StoredAudit) =>
    (['key_id', 'operation'] as const).every((name) => filter[name] === undefined || entry[name] === filter[name]) &&
    at_ms >= (filter.since_ms ?? -Infinity) &&
    at_ms < (filter.until_ms ?? Infinity)

/** An empty store. */
export const memoryStore = (): MemoryStore => {
  const tasks = new Map<string, TaskRecord>()
  const devices = new Map<string, DeviceRecord>()
  const counters = new Map<string, DeviceCounters>()
  const keys = new Map<string, KeyRecord>()
  const joinTokens = new Map<string, JoinTokenRecord>()
  const revocations = new Map<string, RevocationRecord>()
  const metrics = new Map<string, { resolution: string; row: MetricsRow }>()
  const answers = new Map<string, KeptAnswer>()
  const events: StoredEvent[] = []
  const logs: StoredLog[] = []
  const audit: StoredAudit[] = []
  let auditAnchor: AuditAnchor | undefined
  let config: ConfigPatch = {}
  const nameOf = ({ caller, path, key }: AnswerKey) => JSON.stringify([caller, path, key])
  const newestFirst = () => [...tasks.values()].sort((a, b) => b.sequence - a.sequence)

  const store: MemoryStore = {
    fault: undefined,
    refusals: 0,
    room: true,
    commits: [],
    load: () =>
      Promise.resolve({
        epoch: 1,
        lastEventSequence: Math.max(
          0,
          ...events.map(({ sequence }) => sequence),
          ...logs.map(({ sequence }) => sequence),
        ),
        lastTaskSequence: newestFirst()[0]?.sequence ?? 0,
        devices: [...devices.values()],
        counters: [...counters.values()],
        unfinishedTasks: newestFirst()
          .reverse()
          .filter(({ ended_ms }) => ended_ms === null),
        keys: [...keys.values()],
        joinTokens: [...joinTokens.values()],
        revocations: [...revocations.values()],
        auditHead: audit.at(-1)?.entry ?? auditAnchor,
        config,
      }),
    commit: (changes) => {
      if (store.fault !== undefined) {
        store.refusals += 1
        return Promise.reject(new StoreError(store.fault, 'ordered by the test'))
      }
      // What was committed must not change afterwards: rows are values.
      const copy = structuredClone(changes)
      store.commits.push(copy)
      for (const record of copy.tasks) tasks.set(record.task.task_id, record)
      for (const device of copy.devices) devices.set(device.id, device)
      for (const id of copy.removedDevices) {
        devices.delete(id)
        counters.delete(id)
        for (const [key, { row }] of metrics) if (row.device_id === id) metrics.delete(key)
      }
      for (const row of copy.counters) counters.set(row.device_id, row)
      for (const key of copy.keys) keys.set(key.key.id, key)
      for (const id of copy.removedKeys) keys.delete(id)
      for (const token of copy.joinTokens) joinTokens.set(token.token.id, token)
      for (const id of copy.removedJoinTokens) joinTokens.delete(id)
      for (const revocation of copy.revocations) revocations.set(revocation.credential_hash, revocation)
      for (const hash of copy.liftedRevocations) revocations.delete(hash)
      for (const { resolution, row } of copy.metrics)
        metrics.set(`${resolution}/${row.device_id}/${row.at_ms}`, { resolution, row })
      for (const kept of copy.answers) {
        // The newest is the last.
        answers.delete(nameOf(kept))
        answers.set(nameOf(kept), kept)
      }
      events.push(...copy.events)
      logs.push(...copy.logs)
      audit.push(...copy.audit)
      config = copy.config ?? config
      return Promise.resolve()
    },
    task: (task_id) => Promise.resolve(tasks.get(task_id)),
    tasks: (filter, { before = Infinity, limit }) =>
      Promise.resolve(
        newestFirst()
          .filter(matchesTask(filter))
          .filter(({ sequence }) => sequence < before)
          .slice(0, limit),
      ),
    taskCounts: (filter) => {
      const counts = { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 }
      for (const record of newestFirst().filter(matchesTask(filter))) counts[record.task.status] += 1
      return Promise.resolve(counts)
    },
    keptAnswer: (key) => Promise.resolve(answers.get(nameOf(key))),
    namedSince: (files, since_ms) => {
      const counts = ({ ended_ms }: TaskRecord) => ended_ms === null || ended_ms >= since_ms
      const batches = new Set([...tasks.values()].filter(counts).map(({ task }) => task.batch_id))
      batches.delete(null)
      const named = [...tasks.values()]
        .filter((record) => counts(record) || batches.has(record.task.batch_id))
        .flatMap(({ task }) => [...task.inputs, ...(task.result?.artifacts ?? [])].map(({ sha256 }) => sha256))
      return Promise.resolve(files.filter((sha256) => named.includes(sha256)))
    },
    batch: (batch_id) => {
      const rows = newestFirst().filter(({ task }) => task.batch_id === batch_id)
      if (rows.length === 0) return Promise.resolve(undefined)
      const counts = { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 }
      for (const { task } of rows) counts[task.status] += 1
      const ends = rows.map(({ ended_ms }) => ended_ms).filter((ended_ms) => ended_ms !== null)
      return Promise.resolve({
        counts,
        first_created_ms: Math.min(...rows.map(({ created_ms }) => created_ms)),
        last_ended_ms: ends.length === 0 ? null : Math.max(...ends),
      })
    },
    unrepeated: (batch_id, after, limit) => {
      const repeated = new Set([...tasks.values()].map(({ task }) => task.original_task_id))
      const failures = [...tasks.values()].filter(
        ({ task, sequence }) =>
          task.batch_id === batch_id &&
          sequence > after &&
          (task.status === 'failed' || task.status === 'cancelled') &&
          !repeated.has(task.task_id),
      )
      return Promise.resolve(
        failures
          .sort((a, b) => a.sequence - b.sequence)
          .slice(0, limit)
          .map(({ task }) => task.task_id),
      )
    },
    left: (batch_id, after, limit) =>
      Promise.resolve(
        [...tasks.values()]
          .filter(({ task, sequence }) => task.batch_id === batch_id && sequence > after && task.status === 'completed')
          .sort((a, b) => a.sequence - b.sequence)
          .slice(0, limit)
          .map(({ task: { task_id, completed_at, result } }) => ({
            task_id,
            completed_at: completed_at ?? '',
            artifacts: result?.artifacts ?? [],
          })),
      ),
    logs: (filter, { before = Infinity, limit }) =>
      Promise.resolve(
        logs
          .filter(matchesLog(filter))
          .filter(({ sequence }) => sequence < before)
          .reverse()
          .slice(0, limit),
      ),
    logCount: (filter) => Promise.resolve(logs.filter(matchesLog(filter)).length),
    audit: (filter, { before = Infinity, limit }) =>
      Promise.resolve(
        audit
          .filter(matchesAudit(filter))
          .filter(({ entry }) => entry.sequence < before)
          .reverse()
          .slice(0, limit),
      ),
    auditCount: (filter) => Promise.resolve(audit.filter(matchesAudit(filter)).length),
    auditAnchor: () => Promise.resolve(auditAnchor),
    eventsAfter: (sequence, limit) =>
      Promise.resolve(events.filter((event) => event.sequence > sequence).slice(0, limit)),
    firstEventSequence: () => Promise.resolve(events[0]?.sequence),
    metrics: (resolution, since_ms, device_id) =>
      Promise.resolve(
        [...metrics.values()]
          .filter((kept) => kept.resolution === resolution)
          .map(({ row }) => row)
          .filter((row) => row.at_ms >= since_ms && (device_id === undefined || row.device_id === device_id))
          .sort((a, b) => a.at_ms - b.at_ms),
      ),
    taskEnds: (since_ms, device_id) => {
      const groups = new Map<string, TaskEnds>()
      for (const { ended_ms, task } of tasks.values()) {
        if (ended_ms === null || ended_ms < since_ms || (device_id !== undefined && task.device_id !== device_id))
          continue
        const hour_ms = Math.floor(ended_ms / HOUR_MS) * HOUR_MS
        const { task_type, status } = task
        const key = JSON.stringify([hour_ms, task.device_id, task_type, status])
        const group = groups.get(key) ?? {
          hour_ms,
          device_id: task.device_id,
          task_type,
          status,
          count: 0,
          execution_seconds: 0,
        }
        const execution_seconds = group.execution_seconds + (task.execution_time_seconds ?? 0)
        groups.set(key, { ...group, count: group.count + 1, execution_seconds })
      }
      return Promise.resolve([...groups.values()])
    },
    prune: (bounds) => {
      const ended = [...tasks.values()]
        .filter(({ ended_ms }) => ended_ms !== null)
        .sort((a, b) => (a.ended_ms ?? 0) - (b.ended_ms ?? 0))
      ended.forEach(({ ended_ms, task }, index) => {
        const isSurplus = index < ended.length - bounds.maxFinishedTasks
        if (isSurplus || (ended_ms ?? 0) < bounds.tasksEndedSince_ms) tasks.delete(task.task_id)
      })
      const drop = <T>(rows: T[], isKept: (row: T) => boolean) => rows.splice(0, rows.length, ...rows.filter(isKept))
      const newest = events.at(-1)?.sequence ?? 0
      drop(
        events,
        ({ sequence, event }) =>
          sequence > newest - bounds.maxEvents && Date.parse(event.timestamp) >= bounds.eventsSince_ms,
      )
      let bytes = 0
      const sizes = new Map(
        logs.toReversed().map((line) => [line, (bytes += Buffer.byteLength(JSON.stringify(line.entry)))]),
      )
      drop(logs, (line) => line.at_ms >= bounds.logsSince_ms && (sizes.get(line) ?? 0) <= bounds.maxLogBytes)
      const firstKept = audit.findIndex(
        ({ at_ms }, index) => at_ms >= bounds.auditSince_ms && index >= audit.length - bounds.maxAuditEntries,
      )
      const pruned = audit.splice(0, firstKept === -1 ? audit.length : firstKept).at(-1)?.entry
      if (pruned !== undefined) auditAnchor = { sequence: pruned.sequence, hash: pruned.hash }
      for (const [key, { resolution, row }] of metrics)
        if (row.at_ms < (resolution === 'minute' ? bounds.minutesSince_ms : bounds.hoursSince_ms)) metrics.delete(key)
      const surplus = answers.size - bounds.maxAnswers
      for (const [index, [name, { at_ms }]] of [...answers].entries())
        if (index < surplus || at_ms < bounds.answersSince_ms) answers.delete(name)
      const left = () => [...tasks.values()].reduce((sum, record) => sum + JSON.stringify(record).length, 0)
      for (const { task } of ended.filter(({ task }) => tasks.has(task.task_id)))
        if (left() > bounds.maxBytes) tasks.delete(task.task_id)
      return Promise.resolve(left() > bounds.maxBytes ? 'beyond' : 'done')
    },
    hasRoom: () => store.room,
    regainRoom: () => Promise.resolve(store.room),
    probe: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
  return store
}
