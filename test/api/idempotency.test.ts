import t from 'tap'
import type { BatchSubmitted, TaskList, TaskSubmitted } from '../../schemas/index.ts'
import { keyOf, knowing } from './known-keys.ts'
import { createWorld } from '../cluster/world.ts'
import { serve, startApi } from './start-api.ts'
import { startWorld } from './start-world.ts'

const echo = { task_type: 'echo', payload: { message: 'hi' } }
const keyed = (key: string, more: Record<string, string> = {}) => ({ 'Idempotency-Key': key, ...more })

void t.test('a replay is the first answer in an envelope of its own, and says that it is one', async (t) => {
  const { api, get } = await startWorld(t)
  const first = await api.send('POST', '/api/v1/tasks', echo, keyed('k'))
  const again = await api.send('POST', '/api/v1/tasks', echo, keyed('k', { 'X-Request-Id': 'mine' }))
  t.equal(again.status, 201)
  t.equal(first.headers['idempotency-replayed'], undefined)
  t.equal(again.headers['idempotency-replayed'], 'true')
  t.equal(again.headers.location, first.headers.location)
  t.strictSame(again.json().data, first.json().data)
  t.equal(again.json().request_id, 'mine')
  t.equal((await get<TaskList>('/tasks')).total, 1)
  const other = await api.send('POST', '/api/v1/tasks', { ...echo, timeout: 5 }, keyed('k'))
  t.equal(other.status, 409)
  t.match(other.json().error, { code: 'IDEMPOTENCY_CONFLICT', message: /another body/ })
})

void t.test('50 parallel submissions under one key, 100 times: one task each', async (t) => {
  const { api, get } = await startWorld(t)
  for (let round = 0; round < 100; round += 1) {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => api.send('POST', '/api/v1/tasks', echo, keyed(`round ${round}`))),
    )
    const ids = new Set(answers.map((answer) => (answer.json().data as unknown as TaskSubmitted).task_id))
    const replays = answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true').length
    if (ids.size !== 1 || replays !== 49) t.fail(`round ${round}: ${ids.size} tasks, ${replays} replays`)
  }
  t.equal((await get<TaskList>('/tasks?limit=1')).total, 100)
})

void t.test('a refused request keeps nothing: with the same key it is tried anew', async (t) => {
  const { world, api } = await startWorld(t)
  await world.connect({ device_id: 'a' })
  const toB = { ...echo, device_id: 'b' }
  t.equal((await api.send('POST', '/api/v1/tasks', { ...echo, timeout: 0 }, keyed('k'))).status, 400)
  t.equal((await api.send('POST', '/api/v1/tasks', toB, keyed('k'))).status, 404)
  await world.connect({ device_id: 'b' })
  const taken = await api.send('POST', '/api/v1/tasks', toB, keyed('k'))
  t.equal(taken.status, 201)
  t.equal(taken.headers['idempotency-replayed'], undefined)
})

void t.test('batches and retries are answered once as well', async (t) => {
  const { api, get } = await startWorld(t)
  const batch = { tasks: [echo, echo, echo] }
  const submit = () => api.send('POST', '/api/v1/tasks/batch', batch, keyed('k'))
  const [first, again] = [await submit(), await submit()]
  t.strictSame(again.json().data, first.json().data)
  t.equal(again.headers['idempotency-replayed'], 'true')
  const [task_id = ''] = (first.json().data as unknown as BatchSubmitted).task_ids
  t.equal((await get<TaskList>('/tasks')).total, 3)
  await api.call('DELETE', `/api/v1/tasks/${task_id}`)
  const retry = () => api.send('POST', `/api/v1/tasks/${task_id}/retry`, {}, keyed('k'))
  const [one, two] = [await retry(), await retry()]
  t.equal(one.status, 200)
  t.strictSame(two.json().data, one.json().data)
  t.equal(two.headers['idempotency-replayed'], 'true')
  const without = await api.call('POST', `/api/v1/tasks/${task_id}/retry`, { headers: keyed('k') })
  t.strictSame(without.json().data, one.json().data, 'a body that is left out is an empty one')
  t.equal((await get<TaskList>('/tasks')).total, 4)
})

void t.test('a key belongs to who sends it', async (t) => {
  const world = await createWorld(t)
  const auth = knowing({ a: keyOf('key-a', ['read', 'write']), b: keyOf('key-b', ['read', 'write']) })
  const { send } = await serve(t, world.node.cluster, { auth, limits: null })
  const submit = (secret: string, task: object = echo) =>
    send('POST', '/api/v1/tasks', task, keyed('k', { 'X-API-Key': secret }))
  const mine = await submit('a')
  const others = await submit('b', { ...echo, priority: 'low' })
  t.not(others.json().data?.task_id, mine.json().data?.task_id)
  t.equal(others.headers['idempotency-replayed'], undefined)
  t.equal((await submit('a')).json().data?.task_id, mine.json().data?.task_id)
  t.equal((await submit('b')).status, 409)
})

void t.test('a key is 1 to 255 printable ASCII characters', async (t) => {
  const { send, calls } = await startApi(t)
  for (const key of ['', 'x'.repeat(256), 'a\tb', 'k\u00e9y', '\u00a0']) {
    const answer = await send('POST', '/api/v1/tasks', echo, keyed(key))
    t.equal(answer.status, 400, JSON.stringify(key))
    t.match(answer.json().error, {
      code: 'VALIDATION_ERROR',
      details: { issues: [{ in: 'headers', path: '/idempotency-key' }] },
    })
  }
  t.equal(calls.length, 0)
  for (const key of ['x', 'x'.repeat(255), '"quoted"', 'a b', '~!{}'])
    t.equal((await send('POST', '/api/v1/tasks', echo, keyed(key))).status, 201, key)
  t.match(calls.at(-1)?.input, { idempotency: { key: '~!{}', caller: 'anonymous' } })
})

void t.test('operations that make no tasks know no keys', async (t) => {
  const { send, call } = await startApi(t)
  t.equal((await call('GET', '/api/v1/tasks', { headers: keyed('') })).status, 200)
  const ping = await send('POST', '/api/v1/devices/a/ping', {}, keyed('k'))
  t.equal(ping.status, 200)
  t.equal(ping.headers['idempotency-replayed'], undefined)
})
