/** A store with something of everything, the same for the same figures. */
import type { AuditEntry } from '../../../schemas/index.ts'
import { chained, GENESIS, type Unchained } from '../../../src/cluster/audit-chain.ts'
import type { StoredAudit, TaskRecord } from '../../../src/cluster/ports/records.ts'
import type { Store } from '../../../src/cluster/ports/store.ts'
import {
  answerRow,
  auditRow,
  changes,
  completed,
  deviceRow,
  eventRow,
  joinTokenRow,
  keyRow,
  logRow,
  metricsRow,
  NOON,
  revocationRow,
  taskRow,
} from '../rows.ts'

/** Tasks of one commit. */
const AT_A_TIME = 500

const deviceOf = (number: number) => `device-${number}`

/** Every fifth waits; some have long payloads, leave files, belong to batches or repeat another. */
const taskOf = (number: number, devices: number): TaskRecord => {
  const sha256 = String(number % 97).padStart(64, '0')
  const row = taskRow(number, {
    batch_id: number % 3 === 0 ? `batch-${number % 50}` : null,
    original_task_id: number % 100 === 99 ? `task-${number - 1}` : null,
    inputs: number % 7 === 0 ? [{ name: 'in.png', sha256 }] : [],
    payload: { message: number % 40 === 0 ? 'λ'.repeat(3000) : `number ${number} \u0000` },
  })
  if (number % 5 === 0) return row
  const done = completed(row, deviceOf(number % devices), NOON + number * 1000, (number % 17) / 8)
  if (number % 11 !== 0 || done.task.result === null) return done
  const artifacts = [{ name: 'out.png', sha256, bytes: 5, media_type: 'image/png' }]
  return { ...done, task: { ...done.task, result: { ...done.task.result, artifacts } } }
}

const auditChain = (lines: number): StoredAudit[] => {
  let last: AuditEntry = { ...auditRow(0).entry, ...GENESIS }
  return Array.from({ length: lines }, (_, index) => {
    const { at_ms, entry } = auditRow(index + 1)
    const line: Partial<AuditEntry> = { ...entry }
    delete line.hash
    last = chained(line as Unchained, last.hash)
    return { at_ms, entry: last }
  })
}

/** Fills a new store. Its events begin at sequence 1. */
export const fill = async (store: Store, { tasks, devices }: { readonly tasks: number; readonly devices: number }) => {
  const numbers = Array.from({ length: devices }, (_, index) => index)
  await store.commit(
    changes({
      devices: numbers.map((number) => deviceRow(deviceOf(number))),
      counters: numbers.map((number) => ({ device_id: deviceOf(number), completed: number, failed: 1 })),
      metrics: numbers.flatMap((number) =>
        Array.from({ length: 5 }, (_, minute) => ({
          resolution: minute === 0 ? ('hour' as const) : ('minute' as const),
          row: metricsRow(deviceOf(number), NOON + minute * 60_000, { cpu_avg: number / 3 }),
        })),
      ),
      keys: [keyRow('key-1'), keyRow('key-2')],
      joinTokens: [joinTokenRow('join-1')],
      revocations: [revocationRow('c3'), revocationRow('c4', NOON + 1)],
      answers: [answerRow('b'), answerRow('a'), answerRow('a', { caller: 'key-1' })],
      audit: auditChain(50),
      config: { retention: { task_days: 17 } },
    }),
  )
  for (let first = 1; first <= tasks; first += AT_A_TIME) {
    const some = Array.from({ length: Math.min(AT_A_TIME, tasks - first + 1) }, (_, index) => first + index)
    await store.commit(
      changes({
        tasks: some.map((number) => taskOf(number, devices)),
        events: some.filter((number) => number % 2 === 1).map(eventRow),
        logs: some
          .filter((number) => number % 2 === 0)
          .map((number) => logRow(number, { device_id: deviceOf(number % devices), level: 'warning' })),
      }),
    )
  }
}

/** All that is asked of a store, but its epoch: of two that are equal it is the same. */
export const seenOf = async (store: Store) => {
  const state = { ...(await store.load()), epoch: 0 }
  const day = { since_ms: NOON, until_ms: NOON + 500_000 }
  return {
    state,
    counts: [
      await store.taskCounts({}),
      await store.taskCounts(day),
      await store.taskCounts({ device_id: 'device-1' }),
    ],
    page: await store.tasks(day, { limit: 20 }),
    batch: await store.batch('batch-3'),
    unrepeated: await store.unrepeated('batch-3', 0, 100),
    left: await store.left('batch-3', 0, 100),
    long: await store.task('task-40'),
    ends: (await store.taskEnds(NOON)).map((row) => JSON.stringify(row)).sort(),
    named: await store.namedSince([String(7).padStart(64, '0'), String(98).padStart(64, '0')], NOON),
    logs: await store.logs({ level: 'warning', ...day }, { limit: 30 }),
    logCount: await store.logCount({ level: 'debug' }),
    audit: await store.audit({}, { limit: 100 }),
    anchor: await store.auditAnchor(),
    events: await store.eventsAfter(0, 100),
    first: await store.firstEventSequence(),
    metrics: [await store.metrics('minute', 0), await store.metrics('hour', 0)],
    answers: await Promise.all(
      [answerRow('a'), answerRow('b'), answerRow('a', { caller: 'key-1' })].map((key) => store.keptAnswer(key)),
    ),
  }
}
