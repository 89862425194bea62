/** What every implementation of the Store port removes, and what it keeps. */
import type { Test } from 'tap'
import type { Bounds, Store } from '../../src/cluster/ports/store.ts'
import type { NewPlace } from './listing-contract.ts'
import { answerRow, changes, completed, eventRow, logRow, metricsRow, NOON, taskRow } from './rows.ts'
import { unbounded } from './unbounded.ts'

const HOUR_MS = 3_600_000

/** Prunes until nothing more is beyond the bounds. */
export const pruneAll = async (store: Store, bounds: Partial<Bounds>) => {
  while ((await store.prune({ ...unbounded, ...bounds })) === 'more');
}
const idsOf = async (store: Store) => (await store.tasks({}, { limit: 100 })).map(({ task }) => task.task_id)

/** Runs the suite, as subtests of `t`. */
export const retentionContract = (t: Test, newPlace: NewPlace): void => {
  void t.test('what is beyond the bounds goes, the oldest first, and nothing else', async (t) => {
    const store = await newPlace(t)()
    t.teardown(() => store.close())
    const tasks = Array.from({ length: 10 }, (_, index) => {
      const row = taskRow(index + 1, { payload: { text: 'x'.repeat(2000) } })
      return index === 0 ? row : completed(row, 'phone', NOON + index * HOUR_MS, 1)
    })
    await store.commit(
      changes({
        tasks,
        metrics: [
          { resolution: 'minute', row: metricsRow('phone', NOON) },
          { resolution: 'minute', row: metricsRow('phone', NOON + HOUR_MS) },
          { resolution: 'hour', row: metricsRow('phone', NOON) },
        ],
      }),
    )
    for (let sequence = 1; sequence <= 9; sequence += 1)
      await store.commit(changes({ events: [eventRow(sequence)], logs: [logRow(sequence)] }))

    await pruneAll(store, {})
    t.equal((await idsOf(store)).length, 10, 'nothing is beyond no bounds')
    await pruneAll(store, { tasksEndedSince_ms: NOON + 3 * HOUR_MS })
    t.same((await idsOf(store)).slice(-2), ['task-4', 'task-1'], 'by age; an unfinished one stays however old')
    await pruneAll(store, { maxFinishedTasks: 2 })
    t.same(await idsOf(store), ['task-10', 'task-9', 'task-1'], 'by number')
    t.match(await store.taskCounts({}), { completed: 2, pending: 1 }, 'the counts follow')

    await pruneAll(store, { maxEvents: 4 })
    t.same(
      (await store.eventsAfter(0, 100)).map(({ sequence }) => sequence),
      [6, 7, 8, 9],
    )
    t.equal(await store.firstEventSequence(), 6)
    await pruneAll(store, { eventsSince_ms: Date.parse(eventRow(1).event.timestamp) + 365 * 24 * HOUR_MS })
    t.same(await store.eventsAfter(0, 100), [])
    t.equal((await store.load()).lastEventSequence, 9, 'no sequence is given twice')

    const size = Buffer.byteLength(JSON.stringify(logRow(9).entry))
    await pruneAll(store, { maxLogBytes: 3 * size })
    const lines = await store.logs({ level: 'debug' }, { limit: 100 })
    t.same(
      lines.map(({ sequence }) => sequence),
      [9, 8, 7],
      'the log by size',
    )
    await pruneAll(store, { logsSince_ms: logRow(9).at_ms })
    t.equal(await store.logCount({ level: 'debug' }), 1, 'and by age')

    await pruneAll(store, { minutesSince_ms: NOON + 1, hoursSince_ms: NOON })
    t.equal((await store.metrics('minute', 0)).length, 1)
    t.equal((await store.metrics('hour', 0)).length, 1)

    const answers = ['a', 'b', 'c', 'd'].map((key, index) => answerRow(key, { at_ms: NOON + index }))
    await store.commit(changes({ answers }))
    const keysOf = async () => {
      const kept = await Promise.all(answers.map((answer) => store.keptAnswer(answer)))
      return kept.flatMap((answer) => (answer === undefined ? [] : [answer.key]))
    }
    await pruneAll(store, { answersSince_ms: NOON + 1 })
    t.same(await keysOf(), ['b', 'c', 'd'], 'kept answers by age')
    await pruneAll(store, { maxAnswers: 1 })
    t.same(await keysOf(), ['d'], 'and by number')
  })

  void t.test('what is too large together loses its oldest finished tasks; unfinished ones stay', async (t) => {
    const store = await newPlace(t)()
    t.teardown(() => store.close())
    const large = (sequence: number) => taskRow(sequence, { payload: { text: 'x'.repeat(100_000) } })
    const waiting = Array.from({ length: 10 }, (_, index) => large(index + 1))
    const finished = Array.from({ length: 40 }, (_, index) => completed(large(index + 11), 'phone', NOON + index, 1))
    await store.commit(changes({ tasks: [...waiting, ...finished] }))

    const maxBytes = 3_000_000
    await pruneAll(store, { maxBytes })
    const { completed: left, pending } = await store.taskCounts({})
    t.equal(pending, 10)
    t.ok(left >= 8 && left <= 20, `${left} finished ones are left`)
    t.strictSame(
      (await store.tasks({ status: 'completed' }, { limit: 100 })).map(({ sequence }) => sequence),
      Array.from({ length: left }, (_, index) => 50 - index),
      'the newest',
    )
    t.equal(await store.prune({ ...unbounded, maxBytes }), 'done')
    await pruneAll(store, { maxBytes: 500_000 })
    t.match(await store.taskCounts({}), { completed: 0, pending: 10 })
    t.equal(await store.prune({ ...unbounded, maxBytes: 500_000 }), 'beyond', 'nothing more can go')
  })
}

/** What those do that remove by transactions: runs it, as subtests of `t`. */
export const transactionsOfRetention = (t: Test, newPlace: NewPlace): void => {
  void t.test('thousands of rows go in several short transactions', async (t) => {
    const store = await newPlace(t)()
    t.teardown(() => store.close())
    const tasks = Array.from({ length: 5000 }, (_, index) => completed(taskRow(index + 1), 'phone', NOON, 1))
    await store.commit(changes({ tasks }))
    t.equal(await store.prune({ ...unbounded, maxFinishedTasks: 10 }), 'more')
    t.equal(await store.prune({ ...unbounded, maxFinishedTasks: 10 }), 'more')
    await pruneAll(store, { maxFinishedTasks: 10 })
    t.match(await store.taskCounts({}), { completed: 10 })
  })

  void t.test('when no finished task is left, events and minute means make way', async (t) => {
    const store = await newPlace(t)()
    t.teardown(() => store.close())
    for (let sequence = 1; sequence <= 300; sequence += 1) await store.commit(changes({ events: [eventRow(sequence)] }))
    const row = (minute: number) =>
      ({ resolution: 'minute', row: metricsRow('phone', NOON + minute * 60_000) }) as const
    await store.commit(
      changes({
        tasks: [taskRow(1, { payload: { text: 'x'.repeat(500_000) } })],
        metrics: Array.from({ length: 180 }, (_, minute) => row(minute)),
      }),
    )
    await pruneAll(store, { maxBytes: 400_000 })
    t.strictSame(await store.eventsAfter(0, 10), [])
    t.strictSame(await store.metrics('minute', 0), [])
    t.ok(await store.task('task-1'))
  })
}
