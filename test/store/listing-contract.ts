/** What every implementation of the Store port answers to a listing: what the rows themselves would answer, looked at one by one. */
import type { Test } from 'tap'
import fc from 'fast-check'
import { logLevels } from '../../schemas/index.ts'
import type { TaskRecord } from '../../src/cluster/ports/records.ts'
import type { Store, TaskFilter } from '../../src/cluster/ports/store.ts'
import {
  change,
  countsOf,
  created,
  device,
  endsOf,
  final,
  HOUR_MS,
  keyed,
  logFilter,
  matching,
  matchingLines,
  runs,
  settled,
  STEP,
  statuses,
  submission,
  summaryOf,
  taskFilter,
} from './model.ts'
import { changes, completed, logRow, NOON, listed, taskRow } from './rows.ts'

/** Makes a place for one store, and returns what opens it, as often as it was closed. */
export type NewPlace = (t: Test) => () => Promise<Store>

/** Reads a listing page by page, each from below the last row of the one before. */
const everyPage = async <R extends { readonly sequence: number }>(
  read: (page: { before?: number; limit: number }) => Promise<readonly R[]>,
  limit: number,
): Promise<R[]> => {
  const all: R[] = []
  for (;;) {
    const before = all.at(-1)?.sequence
    const page = await read({ ...(before === undefined ? {} : { before }), limit })
    all.push(...page)
    if (page.length < limit) return all
  }
}

/** Runs the tests of listings and counts, as subtests of `t`. */
export const listingContract = (t: Test, newPlace: NewPlace): void => {
  void t.test('tasks are listed and counted as if each were looked at, whatever happens to them', async (t) => {
    const store = await newPlace(t)()
    // The store grows from run to run, and the model with it.
    let rows: TaskRecord[] = []
    await fc.assert(
      fc.asyncProperty(
        fc.array(submission, { minLength: 1, maxLength: 25 }),
        fc.array(change, { maxLength: 20 }),
        fc.array(taskFilter, { minLength: 5, maxLength: 12 }),
        created,
        fc.integer({ min: 1, max: 50 }),
        async (submissions, happenings, filters, since_ms, limit) => {
          const added = submissions.map(({ created, type, priority, batch }, index) =>
            taskRow(
              (rows.length + index + 1) * STEP,
              { task_type: type, priority, batch_id: batch },
              { created_ms: created },
            ),
          )
          await store.commit(changes({ tasks: added }))
          rows = [...rows, ...added]
          for (const { which, status, device, ended, milliseconds } of happenings) {
            const index = which % rows.length
            const next = settled(rows[index] ?? taskRow(STEP), status, device, ended, milliseconds)
            rows = rows.with(index, next)
            await store.commit(changes({ tasks: [next] }))
          }
          for (const filter of [
            ...filters,
            { since_ms },
            { until_ms: since_ms },
            { since_ms, until_ms: since_ms + HOUR_MS },
          ]) {
            const expected = matching(rows, filter)
            t.strictSame(await everyPage((page) => store.tasks(filter, page), limit), expected.map(listed))
            t.strictSame(await store.taskCounts(filter), countsOf(expected))
          }
          for (const batch_id of ['batch-1', 'batch-2'])
            t.strictSame(await store.batch(batch_id), summaryOf(matching(rows, { batch_id })))
          t.same(keyed(t, await store.taskEnds(since_ms)), endsOf(rows, since_ms))
          t.same(keyed(t, await store.taskEnds(since_ms, 'phone')), endsOf(rows, since_ms, 'phone'))
          t.strictSame(
            (await store.load()).unfinishedTasks,
            rows.filter(({ task }) => !final.has(task.status)),
          )
        },
      ),
      runs(t, 15),
    )
    await store.close()
  })

  void t.test('every filter alone, and how tasks ended, over a whole store', async (t) => {
    const store = await newPlace(t)()
    const rows = fc.sample(submission, { numRuns: 200, seed: 7 }).map(({ created, type, priority, batch }, index) => {
      const row = taskRow((index + 1) * STEP, { task_type: type, priority, batch_id: batch }, { created_ms: created })
      if (index % 5 === 0) return row
      const done = completed(row, index % 2 === 0 ? 'phone' : 'laptop', created + index, index / 8)
      return index % 7 === 0 ? { ...done, task: { ...done.task, status: 'failed' as const } } : done
    })
    await store.commit(changes({ tasks: rows }))
    const filters: TaskFilter[] = [
      {},
      ...statuses.map((status) => ({ status })),
      { device_id: 'phone' },
      { task_type: 'sleep' },
      { priority: 'low' },
      { batch_id: 'batch-1' },
      { since_ms: NOON },
      { until_ms: NOON },
      { since_ms: NOON - HOUR_MS, until_ms: NOON + HOUR_MS },
      { since_ms: NOON - HOUR_MS, device_id: 'phone' },
      { since_ms: NOON + 6 * HOUR_MS },
      { device_id: 'nobody' },
    ]
    for (const filter of filters) {
      const expected = matching(rows, filter)
      t.strictSame(
        await everyPage((page) => store.tasks(filter, page), 30),
        expected.map(listed),
        JSON.stringify(filter),
      )
      t.strictSame(await store.taskCounts(filter), countsOf(expected), `counts of ${JSON.stringify(filter)}`)
    }
    for (const since of [0, NOON - 2 * HOUR_MS, NOON - HOUR_MS / 2, NOON + HOUR_MS / 3, NOON + 9 * HOUR_MS]) {
      t.same(keyed(t, await store.taskEnds(since)), endsOf(rows, since))
      t.same(keyed(t, await store.taskEnds(since, 'phone')), endsOf(rows, since, 'phone'))
    }
    await store.close()
  })

  void t.test('paging neither repeats nor skips while tasks and lines are added', async (t) => {
    const store = await newPlace(t)()
    const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)
    await store.commit(
      changes({ tasks: numbers(1, 101).map((n) => taskRow(n)), logs: numbers(1, 101).map((n) => logRow(n)) }),
    )
    let added = 101
    const adding = <R>(read: Promise<R>): Promise<R> => {
      const n = (added += 1)
      return read.then(async (rows) => {
        await store.commit(changes({ tasks: [taskRow(n)], logs: [logRow(n)] }))
        return rows
      })
    }
    const tasks = await everyPage((page) => adding(store.tasks({ status: 'pending' }, page)), 7)
    const lines = await everyPage((page) => adding(store.logs({ level: 'info' }, page)), 9)
    const old = numbers(1, 101).reverse()
    t.strictSame(
      tasks.map(({ sequence }) => sequence),
      old,
    )
    t.strictSame(
      lines.map(({ sequence }) => sequence).filter((sequence) => sequence <= 100),
      old,
    )
    await store.close()
  })

  void t.test('lines of the log are listed and counted as if each were looked at', async (t) => {
    const store = await newPlace(t)()
    const entry = fc.record({
      level: fc.constantFrom(...logLevels),
      component: fc.constantFrom('link' as const, 'store' as const),
      device_id: fc.option(device),
      task_id: fc.option(fc.constantFrom('task-1', 'task-2')),
      at: created,
    })
    const lines = fc
      .sample(entry, { numRuns: 150, seed: 11 })
      .map(({ at, ...entry }, index) => logRow((index + 1) * STEP, entry, at))
    await store.commit(changes({ logs: lines.slice(0, 70) }))
    await store.commit(changes({ logs: lines.slice(70) }))
    await fc.assert(
      fc.asyncProperty(logFilter, fc.integer({ min: 1, max: 40 }), async (filter, limit) => {
        const expected = matchingLines(lines, filter)
        t.strictSame(await everyPage((page) => store.logs(filter, page), limit), expected)
        t.equal(await store.logCount(filter), expected.length)
      }),
      runs(t, 60),
    )
    await store.close()
  })
}
