/** Cases of the operations on tasks and batches. */
import type {
  BatchCancellation,
  BatchProgress,
  BatchRetried,
  BatchSubmitted,
  ErrorCode,
  Success,
  TaskCancellation,
  TaskDetail,
  TaskList,
  TaskPlacement,
  TaskSubmitted,
  TaskTypeList,
} from '../../schemas/index.ts'
import { builtinTypeNames } from '../../schemas/index.ts'
import type { Received } from './ask.ts'
import type { Cases } from './cases.ts'
import { ABSENT, retried, WORKER } from './scene.ts'
import { notModified } from './not-modified.ts'
import type { Call, Walk } from './walk.ts'

const echo = { task_type: 'echo', payload: { message: 'hello' } }

/** No device could ever run it, and it waits all the same. */
const unfit = { ...echo, requirements: { platform: 'amiga' }, queue_if_unavailable: true }

/** Submissions that are refused, and why. */
const refused = {
  INVALID_TASK_TYPE: { ...echo, task_type: 'ecko' },
  DEVICE_NOT_FOUND: { ...echo, device_id: 'android-009' },
  DEVICE_OFFLINE: { ...echo, device_id: ABSENT },
  INSUFFICIENT_RESOURCES: { ...echo, requirements: { platform: 'amiga' } },
} as const satisfies Partial<Record<ErrorCode, object>>
const refusals = Object.entries(refused) as [keyof typeof refused, object][]

/** Every built-in type that the worker of the scene allows; `url` is something that answers. */
const submissions = (url: string) => [
  { ...echo, priority: 'urgent', requirements: { min_cpu_cores: 1, role: 'mobile', tags: ['lab'] }, timeout: 60 },
  { task_type: 'sleep', payload: { duration: 0.01 }, metadata: { project: 'walk' }, on_device_lost: 'fail' },
  { task_type: 'system_info', payload: {}, device_id: WORKER },
  { task_type: 'command', payload: { command: [process.execPath, '-e', 'console.log(1)'] }, max_retries: 1 },
  { task_type: 'command', payload: { command: 'echo one && echo two', shell: true } },
  { task_type: 'http_request', payload: { url, method: 'GET', headers: { 'X-Request-Id': 'walk' } } },
  { task_type: 'javascript', payload: { code: 'return input.n * 2', input: { n: 21 } } },
]

/** Waits for the end of the tasks that an answer names: later cases look at a device that must not change meanwhile. */
const untilEnded = async (walk: Walk, answer: unknown) => {
  for (const task_id of new Set(JSON.stringify(answer).match(/task-[0-9a-z]{14}/g)))
    await walk.send('getTask', 200, { params: { task_id }, query: { wait: '30' } })
}

/** Asks twice under one key, then something else: one answer, a replay of it, and a conflict. */
const idempotent = async (walk: Walk, id: string, status: 200 | 201, call: Call, other: object) => {
  const headers = { 'Idempotency-Key': `walk ${id}` }
  const first = await walk.send(id, status, { ...call, headers })
  const again = await walk.send(id, status, { ...call, headers })
  const dataOf = ({ text }: Received) => (JSON.parse(text) as Success<unknown>).data
  walk.t.same(dataOf(again), dataOf(first), `${id} is answered as the first time`)
  walk.t.equal(again.headers.location, first.headers.location)
  walk.t.notOk('idempotency-replayed' in first.headers)
  walk.t.equal(again.headers['idempotency-replayed'], 'true')
  await walk.refuse(id, 'IDEMPOTENCY_CONFLICT', { ...call, headers, body: other })
  for (const key of ['', 'x'.repeat(256), '\u00e9'])
    walk.t.match(await walk.refuse(id, 'VALIDATION_ERROR', { ...call, headers: { 'Idempotency-Key': key } }), {
      details: { issues: [{ in: 'headers', path: '/idempotency-key' }] },
    })
  await untilEnded(walk, dataOf(first))
}

/** By operation. */
export const taskCases: Cases = {
  submitTask: async (walk) => {
    const { succeed, send, refuse, t } = walk
    await idempotent(walk, 'submitTask', 201, { body: echo }, { ...echo, priority: 'low' })
    for (const body of submissions(`${walk.url}/health`)) {
      const { task } = await succeed<TaskSubmitted>('submitTask', 201, { body, query: { wait: '60' } })
      t.match(task, { status: 'completed', device_id: WORKER, task_type: body.task_type }, body.task_type)
    }
    const { headers, text } = await send('submitTask', 201, { body: echo })
    const { task_id } = (JSON.parse(text) as { data: TaskSubmitted }).data
    t.equal(headers.location, `/api/v1/tasks/${task_id}`)
    for (const [code, body] of refusals) await refuse('submitTask', code, { body })
    t.match(await refuse('submitTask', 'VALIDATION_ERROR', { body: { ...echo, retries: 1 } }), {
      details: { issues: [{ in: 'body', path: '/retries' }] },
    })
  },
  listTasks: async (walk, { completed }) => {
    const all = await walk.succeed<TaskList>('listTasks', 200)
    walk.t.ok(all.tasks.some(({ task_id }) => task_id === completed))
    const query = { status: 'all', task_type: 'echo', priority: 'normal', device_id: WORKER, since: '0', limit: '1' }
    const { headers, text } = await walk.send('listTasks', 200, { query })
    const { next_cursor } = (JSON.parse(text) as { data: TaskList }).data
    const next = /^<(.+)>; rel="next"$/.exec(headers.link as string)?.[1] ?? ''
    const search = new URL(next, walk.url).searchParams
    walk.t.equal(search.get('cursor'), next_cursor)
    const page = await walk.succeed<TaskList>('listTasks', 200, { query: search.toString() })
    walk.t.equal(page.tasks.length, 1)
    await walk.refuse('listTasks', 'VALIDATION_ERROR', { query: { cursor: next_cursor ?? '' } })
    await notModified(walk, 'listTasks', { query: { status: 'failed' } })
  },
  listTaskTypes: async ({ succeed, t }) => {
    const { task_types } = await succeed<TaskTypeList>('listTaskTypes', 200)
    const builtin = task_types.filter((type) => type.builtin).map(({ task_type }) => task_type)
    t.same(builtin, [...builtinTypeNames].sort())
  },
  getTask: async (walk, { completed, failed, running, pending, cancelled, batch }) => {
    const states = { completed, failed, running, pending, cancelled: cancelled.onAbsent }
    for (const [status, task_id] of Object.entries(states)) {
      const { task } = await walk.succeed<{ task: TaskDetail }>('getTask', 200, { params: { task_id } })
      walk.t.equal(task.status, status)
    }
    const listed = await walk.succeed<TaskList>('listTasks', 200, { query: { batch_id: batch } })
    for (const { task_id } of listed.tasks)
      await walk.send('getTask', 200, { params: { task_id }, query: { wait: '30' } })
    await notModified(walk, 'getTask', { params: { task_id: completed } })
    await walk.refuse('getTask', 'TASK_NOT_FOUND', { params: { task_id: 'task-none' } })
  },
  getTaskPlacement: async ({ succeed, refuse, t }, { completed, running, pending }) => {
    const placement = (task_id: string) => succeed<TaskPlacement>('getTaskPlacement', 200, { params: { task_id } })
    t.match(await placement(running), {
      device_id: WORKER,
      devices: [{ device_id: WORKER, reason: { code: 'has_it' } }],
    })
    const { devices, pending_reason } = await placement(pending)
    t.equal(pending_reason?.code, 'no_fitting_device')
    t.same(new Set(devices.map(({ device_id }) => device_id)), new Set([WORKER, ABSENT]))
    for (const { reason, score } of devices)
      t.match({ reason, score }, { reason: { code: 'requirement_unmet' }, score: null })
    t.match(await placement(completed), {
      devices: [{ device_id: WORKER, reason: { code: 'ran_it' } }, { reason: { code: 'task_final' } }],
    })
    await refuse('getTaskPlacement', 'TASK_NOT_FOUND', { params: { task_id: 'task-none' } })
  },
  getTaskOutput: async ({ send, refuse, t }, { completed, running }) => {
    const params = { task_id: completed }
    const whole = await send('getTaskOutput', 200, { params })
    t.equal(whole.text, 'Hello World\nHello World\nHello World')
    const rest = await send('getTaskOutput', 200, { params, query: { offset: '24', follow: 'true' } })
    t.equal(rest.text, 'Hello World')
    t.equal((await send('getTaskOutput', 200, { params: { task_id: running } })).text, '')
    await refuse('getTaskOutput', 'TASK_NOT_FOUND', { params: { task_id: 'task-none' } })
  },
  submitBatch: async (walk) => {
    const { send, refuse, succeed, t } = walk
    await idempotent(walk, 'submitBatch', 201, { body: { tasks: [echo] } }, { tasks: [echo, echo] })
    const { headers } = await send('submitBatch', 201, { body: { batch_id: 'walk', tasks: [echo, echo] } })
    t.equal(headers.location, '/api/v1/tasks/batch/walk')
    for (const [code, body] of refusals)
      t.match(await refuse('submitBatch', code, { body: { tasks: [echo, body], batch_id: 'walk' } }), {
        details: { path: '/tasks/1' },
      })
    t.equal((await succeed<BatchProgress>('getBatch', 200, { params: { batch_id: 'walk' } })).total, 2, 'all or none')
  },
  getBatch: async (walk, { batch }) => {
    const params = { batch_id: batch }
    const done = await walk.succeed<BatchProgress>('getBatch', 200, { params, query: { wait: '60' } })
    walk.t.match(done, { total: 2, completed: 2, progress: 100 })
    await notModified(walk, 'getBatch', { params })
    await walk.refuse('getBatch', 'NOT_FOUND', { params: { batch_id: 'no-batch' } })
  },
  cancelTasks: async (walk, { completed }) => {
    const submit = { body: { batch_id: 'walk-cancel', tasks: [unfit, unfit, unfit] } }
    const { task_ids } = await walk.succeed<BatchSubmitted>('submitBatch', 201, submit)
    const [first = ''] = task_ids
    const body = { task_ids: [first, completed, 'task-none'] }
    const some = await walk.succeed<BatchCancellation>('cancelTasks', 200, { body })
    walk.t.match(some, { changed: 1, more: false })
    walk.t.match(some.outcomes, [
      { task_id: first, outcome: 'cancelled', was_running: false, error: null },
      { outcome: 'refused', error: { code: 'TASK_NOT_CANCELLABLE', details: { task_status: 'completed' } } },
      { outcome: 'refused', error: { code: 'TASK_NOT_FOUND', details: { task_id: 'task-none' } } },
    ])
    const rest = await walk.succeed<BatchCancellation>('cancelTasks', 200, { body: { batch_id: 'walk-cancel' } })
    walk.t.same(
      rest.outcomes.map(({ task_id }) => task_id),
      task_ids.slice(1),
      'of a batch, those that are not final',
    )
    await walk.refuse('cancelTasks', 'NOT_FOUND', { body: { batch_id: 'no-batch' } })
    await walk.refuse('cancelTasks', 'VALIDATION_ERROR', { body: { batch_id: 'walk-cancel', task_ids } })
    const chinese = { body: { task_ids: ['task-none'] }, headers: { 'Accept-Language': 'zh-CN' } }
    const { headers, text } = await walk.send('cancelTasks', 200, chinese)
    walk.t.equal(headers['content-language'], 'zh-CN')
    walk.t.match(text, /任务/)
  },
  retryTasks: async (walk, { completed, failed, cancelled }) => {
    const all = { body: { batch_id: 'walk-cancel', priority: 'low' } }
    walk.t.match(await walk.succeed<BatchRetried>('retryTasks', 200, all), { changed: 3, more: false })
    walk.t.match(await walk.succeed<BatchRetried>('retryTasks', 200, all), { outcomes: [], changed: 0 })
    const named = { body: { task_ids: [failed, cancelled.impossible, completed, 'task-none'] } }
    const some = await walk.succeed<BatchRetried>('retryTasks', 200, named)
    const refusedAs = (code: ErrorCode) => ({ outcome: 'refused', new_task_id: null, error: { code } })
    walk.t.match(some.outcomes, [
      { task_id: failed, outcome: 'retried', new_task_id: /^task-/, error: null },
      refusedAs('INSUFFICIENT_RESOURCES'),
      refusedAs('TASK_NOT_RETRYABLE'),
      refusedAs('TASK_NOT_FOUND'),
    ])
    await untilEnded(walk, some.outcomes[0])
    await walk.refuse('retryTasks', 'NOT_FOUND', { body: { batch_id: 'no-batch' } })
    await idempotent(walk, 'retryTasks', 200, { body: { task_ids: [failed] } }, { task_ids: [completed] })
  },
  retryTask: async (walk, { failed, completed, cancelled }) => {
    const { new_task_id, original_task_id } = await retried(walk, failed, { priority: 'high' })
    walk.t.equal(original_task_id, failed)
    const again = { params: { task_id: new_task_id }, query: { wait: '60' } }
    const { task } = await walk.succeed<{ task: TaskDetail }>('getTask', 200, again)
    walk.t.match(task, {
      status: 'failed',
      priority: 'high',
      original_task_id: failed,
      error: { code: 'TASK_EXIT_NONZERO' },
    })
    const refuse = (code: ErrorCode, task_id: string) => walk.refuse('retryTask', code, { params: { task_id } })
    await refuse('TASK_NOT_FOUND', 'task-none')
    await refuse('TASK_NOT_RETRYABLE', completed)
    await refuse('INSUFFICIENT_RESOURCES', cancelled.impossible)
    await refuse('DEVICE_OFFLINE', cancelled.onAbsent)
    await idempotent(walk, 'retryTask', 200, { params: { task_id: failed }, body: {} }, { priority: 'low' })
  },
  cancelTask: async ({ succeed, refuse, t }, { running, pending }) => {
    const cancel = (task_id: string) => succeed<TaskCancellation>('cancelTask', 200, { params: { task_id } })
    t.same(await cancel(running), { cancelled_task: running, was_running: true })
    t.same(await cancel(pending), { cancelled_task: pending, was_running: false })
    await refuse('cancelTask', 'TASK_NOT_CANCELLABLE', { params: { task_id: running } })
    await refuse('cancelTask', 'TASK_NOT_FOUND', { params: { task_id: 'task-none' } })
  },
}
