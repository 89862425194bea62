/** What every implementation of the Store port does. Each runs this suite: SQLite, and PostgreSQL. */
import type { Test } from 'tap'
import type { Store } from '../../src/cluster/ports/store.ts'
import { auditContract } from './audit-contract.ts'
import { fileContract } from './file-contract.ts'
import { listingContract, type NewPlace } from './listing-contract.ts'
import {
  answerRow,
  changes,
  completed,
  deviceRow,
  eventRow,
  joinTokenRow,
  keyRow,
  logRow,
  metricsRow,
  revocationRow,
  NOON,
  listed,
  taskRow,
} from './rows.ts'

/** Runs the suite, as subtests of `t`. */
export const storeContract = (t: Test, newPlace: NewPlace): void => {
  void t.test('a new store is empty', async (t) => {
    const store = await newPlace(t)()
    const { epoch, ...state } = await store.load()
    t.ok(Number.isSafeInteger(epoch) && epoch > 0, 'and has an epoch')
    t.strictSame(state, {
      lastEventSequence: 0,
      lastTaskSequence: 0,
      devices: [],
      counters: [],
      unfinishedTasks: [],
      keys: [],
      joinTokens: [],
      revocations: [],
      auditHead: undefined,
      config: {},
    })
    t.equal(await store.firstEventSequence(), undefined)
    t.equal(await store.task('task-1'), undefined)
    t.equal(await store.batch('batch-1'), undefined)
    t.equal(await store.keptAnswer(answerRow('key-1')), undefined)
    t.strictSame(await store.tasks({}, { limit: 10 }), [])
    t.strictSame(await store.eventsAfter(0, 10), [])
    t.strictSame(await store.taskEnds(0), [])
    await store.probe()
    await store.close()
  })

  void t.test(
    'every kind of row comes back as it was written, also after the store was closed and opened',
    async (t) => {
      const open = newPlace(t)
      const store = await open()
      const before = await store.load()
      const pending = taskRow(1, { batch_id: 'batch-1' })
      const done = completed(taskRow(2), 'phone', NOON + 5000, 5.2)
      const line = logRow(9, { level: 'error', device_id: 'phone', task_id: 'task-2' })
      const figures = metricsRow('phone', NOON)
      const config = { cluster: { heartbeat_interval: 30 } }
      await store.commit(
        changes({
          tasks: [pending, done],
          devices: [deviceRow('phone'), deviceRow('laptop', { status: 'offline', display_name: 'old laptop' })],
          counters: [{ device_id: 'phone', completed: 3, failed: 1 }],
          events: [eventRow(7), eventRow(8)],
          logs: [line],
          keys: [keyRow('key-1')],
          joinTokens: [joinTokenRow('join-1')],
          revocations: [revocationRow('c3')],
          metrics: [{ resolution: 'minute', row: figures }],
          answers: [answerRow('key-1')],
          config,
        }),
      )
      const check = async (store: Store) => {
        const state = await store.load()
        t.equal(state.epoch, before.epoch)
        t.equal(state.lastEventSequence, 9, 'lines of the log count')
        t.equal(state.lastTaskSequence, 2)
        const byId = [...state.devices].sort((one, other) => (one.id < other.id ? -1 : 1))
        t.strictSame(byId, [deviceRow('laptop', { status: 'offline', display_name: 'old laptop' }), deviceRow('phone')])
        t.strictSame(state.counters, [{ device_id: 'phone', completed: 3, failed: 1 }])
        t.strictSame(state.unfinishedTasks, [pending])
        t.strictSame(state.keys, [keyRow('key-1')])
        t.strictSame(state.joinTokens, [joinTokenRow('join-1')])
        t.strictSame(state.revocations, [revocationRow('c3')])
        t.strictSame(state.config, config)
        t.strictSame(await store.task('task-2'), done)
        t.strictSame(await store.tasks({}, { limit: 10 }), [done, pending].map(listed))
        t.strictSame(await store.eventsAfter(0, 10), [eventRow(7), eventRow(8)])
        t.strictSame(await store.logs({ level: 'debug' }, { limit: 10 }), [line])
        t.strictSame(await store.metrics('minute', 0), [figures])
        t.strictSame(await store.metrics('hour', 0), [])
        t.strictSame(await store.keptAnswer(answerRow('key-1')), answerRow('key-1'))
      }
      await check(store)
      await store.close()
      const again = await open()
      await check(again)
      await again.close()
    },
  )

  void t.test('a row that exists is replaced', async (t) => {
    const store = await newPlace(t)()
    const first = taskRow(1, { payload: { text: 'x'.repeat(2 * 1024 * 1024) } })
    const last = completed(first, 'phone', NOON + 1000, 1)
    await store.commit(
      changes({
        tasks: [first, taskRow(2)],
        devices: [deviceRow('phone')],
        counters: [{ device_id: 'phone', completed: 0, failed: 0 }],
        keys: [keyRow('key-1')],
        metrics: [{ resolution: 'hour', row: metricsRow('phone', NOON) }],
        config: { cluster: { heartbeat_interval: 30 }, logging: { level: 'debug' } },
      }),
    )
    const key = keyRow('key-1')
    const used = { ...key, key: { ...key.key, last_used_at: new Date(NOON).toISOString() } }
    await store.commit(
      changes({
        tasks: [last],
        devices: [deviceRow('phone', { status: 'offline' })],
        counters: [{ device_id: 'phone', completed: 1, failed: 0 }],
        keys: [used],
        metrics: [{ resolution: 'hour', row: metricsRow('phone', NOON, { samples: 9, cpu_avg: null }) }],
        config: { cluster: { heartbeat_interval: 20 } },
      }),
    )
    const state = await store.load()
    t.strictSame(state.devices, [deviceRow('phone', { status: 'offline' })])
    t.strictSame(state.counters, [{ device_id: 'phone', completed: 1, failed: 0 }])
    t.strictSame(state.keys, [used])
    t.strictSame(state.config, { cluster: { heartbeat_interval: 20 } })
    t.strictSame(state.unfinishedTasks, [taskRow(2)])
    t.strictSame(await store.task('task-1'), last, 'with the payload that it was submitted with')
    t.strictSame(await store.metrics('hour', 0), [metricsRow('phone', NOON, { samples: 9, cpu_avg: null })])
    await store.close()
  })

  void t.test('an answer belongs to its caller, path and key, and a later one takes its place', async (t) => {
    const store = await newPlace(t)()
    const rows = [
      answerRow('key-1'),
      answerRow('key-1', { caller: 'key-abc', body_hash: '01'.repeat(32), answer: { task_id: 'task-2' } }),
      answerRow('key-1', { path: '/tasks/batch', answer: { batch_id: 'b', task_ids: ['task-3', '你好'] } }),
      answerRow('key-2', { at_ms: NOON + 1 }),
      answerRow('Key-1', { at_ms: NOON + 2 }),
    ]
    await store.commit(changes({ answers: rows }))
    for (const row of rows) t.strictSame(await store.keptAnswer(row), row)
    t.equal(await store.keptAnswer({ caller: 'key-abc', path: '/tasks', key: 'key-2' }), undefined)
    const later = answerRow('key-1', { at_ms: NOON + 3, answer: { task_id: 'task-4' } })
    await store.commit(changes({ answers: [later] }))
    t.strictSame(await store.keptAnswer(later), later)
    await store.close()
  })

  void t.test('of a batch those that failed or were cancelled are told, until a task repeats them', async (t) => {
    const store = await newPlace(t)()
    const ended = (sequence: number, status: 'completed' | 'failed' | 'cancelled', batch_id = 'b') => {
      const row = completed(taskRow(sequence, { batch_id }), 'phone', NOON + sequence, 1)
      return { ...row, task: { ...row.task, status } }
    }
    await store.commit(
      changes({
        tasks: [
          ended(5, 'failed'),
          ended(1, 'cancelled'),
          ended(2, 'completed'),
          ended(3, 'failed'),
          ended(4, 'failed', 'other'),
          taskRow(6, { batch_id: 'b' }),
        ],
      }),
    )
    t.strictSame(await store.unrepeated('b', 0, 10), ['task-1', 'task-3', 'task-5'], 'the oldest first')
    t.strictSame(await store.unrepeated('b', 0, 2), ['task-1', 'task-3'])
    t.strictSame(await store.unrepeated('b', 1, 1), ['task-3'], 'those after one of them')
    t.strictSame(await store.unrepeated('never', 0, 10), [])
    await store.commit(changes({ tasks: [taskRow(7, { batch_id: 'b', original_task_id: 'task-3' })] }))
    t.strictSame(await store.unrepeated('b', 0, 10), ['task-1', 'task-5'])
    const again = ended(7, 'failed')
    await store.commit(changes({ tasks: [{ ...again, task: { ...again.task, original_task_id: 'task-3' } }] }))
    t.strictSame(
      await store.unrepeated('b', 0, 10),
      ['task-1', 'task-5', 'task-7'],
      'what repeats may fail in its turn',
    )
    await store.close()
  })

  void t.test('of a batch it is told what the completed tasks left, the oldest first', async (t) => {
    const store = await newPlace(t)()
    const artifacts = [{ name: 'out/photo.jpg', sha256: 'a'.repeat(64), bytes: 5 }]
    const ended = (sequence: number, { left = false, batch_id = 'b', status = 'completed' as const } = {}) => {
      const row = completed(taskRow(sequence, { batch_id }), 'phone', NOON + sequence, 1)
      const { result } = row.task
      return { ...row, task: { ...row.task, status, result: result && { ...result, ...(left ? { artifacts } : {}) } } }
    }
    await store.commit(
      changes({
        tasks: [
          ended(4, { left: true }),
          ended(2),
          ended(1, { left: true }),
          ended(3, { left: true, batch_id: 'other' }),
          { ...ended(5, { left: true }), task: { ...ended(5).task, status: 'failed' } },
          taskRow(6, { batch_id: 'b' }),
        ],
      }),
    )
    const told = [
      { task_id: 'task-1', completed_at: ended(1).task.completed_at, artifacts },
      { task_id: 'task-2', completed_at: ended(2).task.completed_at, artifacts: [] },
      { task_id: 'task-4', completed_at: ended(4).task.completed_at, artifacts },
    ]
    t.strictSame(await store.left('b', 0, 10), told)
    t.strictSame(await store.left('b', 1, 1), told.slice(1, 2))
    t.strictSame(await store.left('never', 0, 10), [])
    await store.close()
  })

  void t.test('a join token is rewritten at each use; tokens and revocations go by themselves', async (t) => {
    const store = await newPlace(t)()
    const [used, other] = [joinTokenRow('join-1', { uses: 1 }), joinTokenRow('join-2')]
    const [late, early] = [revocationRow('a1', NOON + 1), revocationRow('b2', NOON)]
    await store.commit(changes({ joinTokens: [joinTokenRow('join-1'), other], revocations: [late, early] }))
    await store.commit(changes({ joinTokens: [used], removedJoinTokens: ['join-2'] }))
    t.strictSame((await store.load()).joinTokens, [used])
    t.strictSame((await store.load()).revocations, [early, late], 'in the order of the removals')
    await store.commit(changes({ removedJoinTokens: ['join-1'], liftedRevocations: [late.credential_hash] }))
    t.match(await store.load(), { joinTokens: [], revocations: [early] })
    t.equal((await store.load()).joinTokens.length, 0)
    await store.close()
  })

  void t.test('a removed device is gone with its counters and figures, a removed key is gone', async (t) => {
    const store = await newPlace(t)()
    await store.commit(
      changes({
        devices: [deviceRow('phone'), deviceRow('laptop')],
        counters: [
          { device_id: 'phone', completed: 1, failed: 0 },
          { device_id: 'laptop', completed: 2, failed: 0 },
        ],
        keys: [keyRow('key-1'), keyRow('key-2')],
        metrics: [
          { resolution: 'minute', row: metricsRow('phone', NOON) },
          { resolution: 'hour', row: metricsRow('phone', NOON) },
          { resolution: 'hour', row: metricsRow('laptop', NOON) },
        ],
      }),
    )
    await store.commit(changes({ removedDevices: ['phone'], removedKeys: ['key-1'] }))
    const state = await store.load()
    t.strictSame(state.devices, [deviceRow('laptop')])
    t.strictSame(state.counters, [{ device_id: 'laptop', completed: 2, failed: 0 }])
    t.strictSame(state.keys, [keyRow('key-2')])
    t.strictSame(await store.metrics('minute', 0), [])
    t.strictSame(await store.metrics('hour', 0), [metricsRow('laptop', NOON)])
    await store.close()
  })

  void t.test('figures are read from an instant on, of one device or of all, oldest first', async (t) => {
    const store = await newPlace(t)()
    const rows = [2, 0, 1].flatMap((minute) => [
      metricsRow('phone', NOON + minute * 60_000),
      metricsRow('laptop', NOON + minute * 60_000),
    ])
    await store.commit(changes({ metrics: rows.map((row) => ({ resolution: 'minute', row })) }))
    const all = await store.metrics('minute', NOON + 60_000)
    t.strictSame(
      all.map(({ at_ms }) => at_ms),
      [1, 1, 2, 2].map((minute) => NOON + minute * 60_000),
    )
    t.strictSame(
      await store.metrics('minute', NOON + 1, 'phone'),
      [1, 2].map((minute) => metricsRow('phone', NOON + minute * 60_000)),
    )
    await store.close()
  })

  void t.test('events are read on from any of them, also from the middle of a commit', async (t) => {
    const store = await newPlace(t)()
    const commits = [[3, 4, 5], [6], [9, 10, 12]]
    for (const sequences of commits) await store.commit(changes({ events: sequences.map(eventRow) }))
    const all = commits.flat()
    for (const limit of [1, 2, 3, 100])
      for (let after = 0; after <= 13; after += 1)
        t.strictSame(
          await store.eventsAfter(after, limit),
          all
            .filter((sequence) => sequence > after)
            .slice(0, limit)
            .map(eventRow),
          `${limit} after ${after}`,
        )
    t.equal(await store.firstEventSequence(), 3)
    await store.close()
  })

  listingContract(t, newPlace)
  auditContract(t, newPlace)
  fileContract(t, newPlace)
}
