/** The pure parts: what they make of each kind of input, at their bounds. */
import t from 'tap'
import type { TaskEnds } from '../../src/cluster/ports/store.ts'
import { canonicalJson } from '../../src/cluster/canonical.ts'
import { newDeviceId, randomShare } from '../../src/cluster/identifiers.ts'
import { fromInstant, toUptime } from '../../src/cluster/instants.ts'
import { loggedLines } from '../../src/cluster/outputs.ts'
import { backoffMs } from '../../src/cluster/retries.ts'
import { groupBy, tally } from '../../src/cluster/tally.ts'
import { deviceUpdate } from '../../src/cluster/views.ts'
import { createWaiters } from '../../src/cluster/waiters.ts'
import { fakeClock, settle } from './fake-clock.ts'
import { deviceOf } from './records.ts'
import { idle } from './world.ts'

void t.test('a backoff doubles with each retry, up to its bound, and is a random share of that', (t) => {
  t.same(
    [0, 1, 2, 3].map((retries) => backoffMs(retries, 0.5)),
    [500, 1000, 2000, 4000],
  )
  t.equal(backoffMs(1000, 0.5), backoffMs(60, 0.5), 'it is bounded')
  t.equal(backoffMs(3, 0), 0)
  t.end()
})

void t.test('an instant is RFC 3339 or Unix seconds', (t) => {
  t.equal(fromInstant('2026-11-24T12:00:00.000Z'), Date.UTC(2026, 10, 24, 12))
  t.equal(fromInstant('1795521600'), 1_795_521_600_000)
  t.equal(fromInstant('1795521600.25'), 1_795_521_600_250)
  t.equal(toUptime(((2 * 24 + 3) * 60 + 4) * 60_000 + 59_999), '2d 3h 4m')
  t.end()
})

void t.test('the id of a device is its host name, as far as an id can be one', (t) => {
  const free = () => false
  t.equal(newDeviceId('pixel-3.lan', free), 'pixel-3.lan')
  t.equal(newDeviceId('..-My Phone!-..', free), 'My-Phone')
  t.equal(newDeviceId('日本', free), 'device')
  t.equal(newDeviceId('x'.repeat(300), free).length, 58)
  t.match(
    newDeviceId('pi', (id) => id === 'pi'),
    /^pi-[0-9a-z]{4}$/,
  )
  const shares = Array.from({ length: 100 }, randomShare)
  t.ok(shares.every((share) => share >= 0 && share < 1) && new Set(shares).size > 90)
  t.end()
})

void t.test('of an output the log has the last lines, each cut', (t) => {
  t.same(loggedLines(''), [])
  t.same(loggedLines('one\r\ntwo\n'), ['one', 'two'])
  t.same(loggedLines('\n'), [''])
  const lines = loggedLines(Array.from({ length: 5000 }, (_, n) => `${n} ${'x'.repeat(10_000)}`).join('\n'))
  t.ok(lines.length < 1000 && lines.every((line) => line.length < 10_000))
  t.match(lines.at(-1), /^4999 /)
  t.end()
})

void t.test('the same fields in another order are the same JSON', (t) => {
  t.equal(canonicalJson({ b: [{ d: 1, c: null }], a: 'x' }), '{"a":"x","b":[{"c":null,"d":1}]}')
  t.end()
})

void t.test('ends are summed by status, and rows without a key are left out', (t) => {
  const row = (change: Partial<TaskEnds>): TaskEnds => ({
    hour_ms: 0,
    device_id: 'one',
    task_type: 'echo',
    status: 'completed',
    count: 1,
    execution_seconds: 0,
    ...change,
  })
  const rows = [
    row({ count: 3, execution_seconds: 2 }),
    row({ status: 'failed', count: 2, execution_seconds: 99 }),
    row({ status: 'cancelled', device_id: null }),
    row({ status: 'pending', count: 50 }),
    row({ status: 'running', count: 50 }),
  ]
  t.same(tally(rows), { completed: 3, failed: 2, cancelled: 1, averageSeconds: 0.667, exactSeconds: 2 / 3 })
  t.same(tally([]), { completed: 0, failed: 0, cancelled: 0, averageSeconds: null, exactSeconds: null })
  const groups = groupBy(rows, ({ device_id }) => device_id)
  t.same(
    [...groups].map(([key, group]) => [key, group.length]),
    [['one', 4]],
  )
  t.end()
})

void t.test('a share of what nobody knows, or of nothing, is not known', (t) => {
  const { profile } = deviceOf('phone')
  const update = (telemetry: Partial<typeof idle>, memory_total_gb: number | null) =>
    deviceUpdate(
      deviceOf('phone', { telemetry: { ...idle, ...telemetry }, profile: { ...profile, memory_total_gb } }),
      { paused: null, active_tasks: 2 },
      0,
    )
  t.match(update({}, 8), { memory_usage: 12.5, storage_usage: 25, active_tasks: 2 })
  t.match(update({ memory_used_gb: null }, 8), { memory_usage: null })
  t.match(update({}, null), { memory_usage: null })
  t.match(update({ memory_used_gb: 0, storage_used_gb: 0, storage_total_gb: 0 }, 0), {
    memory_usage: null,
    storage_usage: null,
  })
  t.end()
})

void t.test('a waiter is woken, gives up after its time, or is let go', async (t) => {
  const clock = fakeClock()
  const waiters = createWaiters(clock)
  const ended: string[] = []
  const wait = (name: string, key: string, seconds: number) =>
    void waiters.wait(key, seconds).then(() => ended.push(name))
  wait('at once', 'a', 0)
  wait('first', 'a', 5)
  wait('second', 'a', 10)
  wait('other', 'b', 60)
  await settle()
  t.same(ended, ['at once'])
  await clock.advance(5000)
  t.same(ended, ['at once', 'first'])
  waiters.wake('a')
  waiters.wake('none')
  await settle()
  t.same(ended, ['at once', 'first', 'second'])
  wait('late', 'a', 60)
  waiters.release()
  await settle()
  t.same(ended.slice(3).sort(), ['late', 'other'])
  await clock.advance(60_000)
  t.equal(ended.length, 5, 'each once')
})
