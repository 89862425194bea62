/** Schema 1 with one of everything, as its own code wrote it. Frozen: it does not follow the types of today. */
import type { Test } from 'tap'
import { nothingLearned } from '../../../src/cluster/learned.ts'
import type { Store } from '../../../src/cluster/ports/store.ts'
import type { Rows } from './rows.ts'
import written from './0001-first.json' with { type: 'json' }

export const rows: Rows = written

/** All of it is there. */
export const check = async (t: Test, store: Store): Promise<void> => {
  const { devices, counters, unfinishedTasks, keys, config, lastTaskSequence, lastEventSequence } = await store.load()
  t.match(devices, [
    {
      id: 'phone',
      role: 'mobile',
      tags: ['kitchen'],
      profile: { model: 'Pixel 6' },
      learned: nothingLearned,
      unclean_stops: [],
    },
  ])
  t.match(counters, [{ device_id: 'phone', completed: 1, failed: 0 }])
  t.match(unfinishedTasks, [
    { sequence: 1, task: { task_id: 'task-1', status: 'pending', payload: { message: 'number 1' } } },
    { sequence: 3, task: { task_id: 'task-3', batch_id: 'batch-1', payload: { command: ['echo', 'long'] } } },
    { sequence: 4, task: { task_id: 'task-4', status: 'running', attempt: 1 }, attempt_epoch: 1_795_521_600_000 },
  ])
  t.match(keys, [{ key: { id: 'key-1', scopes: ['read', 'write', 'admin'] } }])
  t.strictSame(config, { cluster: { heartbeat_interval: 30 } })
  t.equal(lastTaskSequence, 4)
  t.equal(lastEventSequence, 4)
  const finished = {
    status: 'completed',
    device_id: 'phone',
    result: { output: 'äöü 你好 \u0000', value: { n: [1, null] } },
  }
  t.match(await store.task('task-2'), { task: finished })
  t.match(await store.taskCounts({}), { pending: 2, running: 1, completed: 1, failed: 0, cancelled: 0 })
  t.match(await store.batch('batch-1'), { counts: { pending: 1 } })
  t.equal((await store.eventsAfter(0, 10)).length, 2)
  t.equal((await store.logs({ level: 'warning', task_id: 'task-2' }, { limit: 10 })).length, 1)
  t.equal((await store.metrics('minute', 0, 'phone')).length, 1)
  t.match(await store.taskEnds(0), [{ device_id: 'phone', count: 1, execution_seconds: 2.5 }])
}
