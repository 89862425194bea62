/** What every implementation of the Store port knows of the files that tasks name. */
import type { Test } from 'tap'
import type { TaskRecord } from '../../src/cluster/ports/records.ts'
import type { NewPlace } from './listing-contract.ts'
import { changes, completed, NOON, taskRow } from './rows.ts'
import { unbounded } from './unbounded.ts'

/** Runs the suite, as subtests of `t`. */
export const fileContract = (t: Test, newPlace: NewPlace): void => {
  void t.test(
    'files are named by what is unfinished, by what ended late enough, and by batches of such tasks',
    async (t) => {
      const store = await newPlace(t)()
      const sha = (digit: string) => digit.repeat(64)
      const takes = (digit: string) => ({ inputs: [{ name: 'in', sha256: sha(digit) }] })
      const left = (record: TaskRecord, digit: string): TaskRecord => {
        const artifacts = [{ name: 'out', sha256: sha(digit), bytes: 1 }]
        const result = record.task.result && { ...record.task.result, artifacts }
        return { ...record, task: { ...record.task, result } }
      }
      const late = left(completed(taskRow(3, takes('3')), 'phone', NOON + 1000, 1), 'a')
      await store.commit(
        changes({
          tasks: [
            taskRow(1, takes('1')),
            completed(taskRow(2, { batch_id: 'over', ...takes('2') }), 'phone', NOON, 1),
            late,
            completed(taskRow(4, { batch_id: 'open', ...takes('4') }), 'phone', NOON, 1),
            taskRow(5, { batch_id: 'open' }),
            completed(taskRow(6, { batch_id: 'lately', ...takes('6') }), 'phone', NOON, 1),
            completed(taskRow(7, { batch_id: 'lately' }), 'phone', NOON + 1000, 1),
          ],
        }),
      )
      const all = ['6', '5', 'a', '4', '3', '2', '1'].map(sha)
      const named = async (since_ms: number) =>
        (await store.namedSince(all, since_ms)).map((sha256) => sha256.charAt(0))
      t.strictSame(await named(NOON), ['6', 'a', '4', '3', '2', '1'])
      t.strictSame(await named(NOON + 1), ['6', 'a', '4', '3', '1'])
      t.strictSame(await named(NOON + 1001), ['4', '1'])
      await store.commit(changes({ tasks: [completed(taskRow(5, { batch_id: 'open' }), 'phone', NOON, 1)] }))
      t.strictSame(await named(NOON + 1001), ['1'], 'the batch is over')
      while ((await store.prune({ ...unbounded, maxFinishedTasks: 0 })) === 'more');
      t.strictSame(await named(0), ['1'], 'what tasks named goes with them')
      await store.close()
    },
  )
}
