import t from 'tap'
import { connectTo } from '../../src/cli/client/api.ts'
import { asFailure } from '../../src/cli/client/failures.ts'
import { underKey } from '../../src/cli/client/under-key.ts'
import { type Answer, refusal, startFakeApi } from './fake-api.ts'
import { entry, runToEnd } from './programs.ts'

type Test = Parameters<typeof startFakeApi>[0]

/** A client of a fake API. */
const client = async (t: Test, answers: readonly Answer[]) => {
  const api = await startFakeApi(t, answers)
  const run = (args: readonly string[], stdin = '') =>
    runToEnd(t, entry('client'), args, { RETIRE_CLUSTER_API_URL: api.url, XDG_CONFIG_HOME: '/nonexistent' }, stdin)
  return { ...api, run }
}

const cancelled = (task_id: string) => ({ task_id, outcome: 'cancelled', was_running: true, error: null })
const retried = (task_id: string) => ({ task_id, outcome: 'retried', new_task_id: `${task_id}-again`, error: null })
const unknown = (task_id: string) => ({
  task_id,
  outcome: 'refused',
  was_running: false,
  error: { code: 'TASK_NOT_FOUND', message: `Task '${task_id}' does not exist.`, details: { task_id } },
})
const answer = (outcomes: readonly { readonly error: object | null }[], more = false): Answer => ({
  data: { outcomes, changed: outcomes.filter(({ error }) => error === null).length, more },
})
const submitted: Answer = { data: { task_id: 'task-1', assigned_device: null, estimated_completion: null } }

void t.test('tasks cancel shows what became of each, and ends with code 1 where one was refused', async (t) => {
  const { run, asked, keys } = await client(t, [answer([cancelled('a'), unknown('b'), unknown('c')])])
  const { code, stdout, stderr } = await run(['tasks', 'cancel', 'a', 'b', 'c', 'b'])
  t.equal(code, 1)
  t.match(stdout, /^TASK_ID +OUTCOME +WAS_RUNNING +ERROR\na +cancelled +true +-\nb +refused +false +TASK_NOT_FOUND\n/)
  t.equal(stderr, "retire-cluster: 2 of 3 tasks were refused; the first: Task 'b' does not exist. (TASK_NOT_FOUND)\n")
  t.match(asked, [{ method: 'POST', url: '/api/v1/tasks/batch/cancel', body: { task_ids: ['a', 'b', 'c'] } }])
  t.same(keys, [undefined], 'to cancel twice does nothing twice anyway')
  const one = await client(t, [answer([unknown('b')])])
  t.match(await one.run(['tasks', 'cancel', 'b']), {
    code: 1,
    stderr: "retire-cluster: Task 'b' does not exist. (TASK_NOT_FOUND)\n",
  })
  const done = await client(t, [answer([cancelled('a')])])
  t.match(await done.run(['tasks', 'cancel', 'a', '--output', 'json']), { code: 0, stderr: '' })
})

void t.test('- reads ids from the standard input, a thousand a call, and nothing is asked for none', async (t) => {
  const ids = Array.from({ length: 2001 }, (_, index) => `task-${index}`)
  const { run, asked, keys } = await client(t, [
    answer(ids.slice(0, 1000).map(retried)),
    answer(ids.slice(1000, 2000).map(retried)),
    answer(ids.slice(2000).map(retried)),
  ])
  const { code, stdout } = await run(
    ['tasks', 'retry', '-', '--output', 'json', '--priority', 'high', '--idempotency-key', 'nightly'],
    `${ids.join('\r\n')}\n\n`,
  )
  t.equal(code, 0)
  t.match(JSON.parse(stdout), { changed: 2001, more: false, outcomes: ids.map(retried) })
  t.same(
    asked.map(({ body }) => body),
    [ids.slice(0, 1000), ids.slice(1000, 2000), ids.slice(2000)].map((task_ids) => ({ task_ids, priority: 'high' })),
  )
  t.same(keys, ['nightly', 'nightly/1', 'nightly/2'])
  const none = await run(['tasks', 'cancel', '-', '--output', 'json'], '')
  t.match(none, { code: 0, stderr: '' })
  t.same(JSON.parse(none.stdout), { outcomes: [], changed: 0, more: false })
  t.equal(asked.length, 3)
})

void t.test('--batch asks as long as there are more and something is done', async (t) => {
  const all = await client(t, [answer([cancelled('a')], true), answer([cancelled('b')])])
  t.match(await all.run(['tasks', 'cancel', '--batch', 'nightly']), { code: 0, stdout: /^a .*\nb /m })
  t.match(
    all.asked.map(({ body }) => body),
    [{ batch_id: 'nightly' }, { batch_id: 'nightly' }],
  )
  const refused = await client(t, [answer([unknown('a')], true), answer([retried('b')])])
  t.match(await refused.run(['tasks', 'retry', '--batch', 'nightly']), { code: 1, stdout: /^a .*\nb /m })
  t.strictSame(
    refused.asked.map(({ body }) => body),
    [{ batch_id: 'nightly' }, { batch_id: 'nightly', after: 'a' }],
    'past those that are refused',
  )
  const stuck = await client(t, [answer([unknown('a')], true)])
  t.equal((await stuck.run(['tasks', 'retry', '--batch', 'nightly'])).code, 1)
  t.equal(stuck.asked.length, 2, 'where it comes no further, it ends')
})

void t.test('what was done is shown also where a later call fails', async (t) => {
  const { run } = await client(t, [answer([cancelled('a')], true), refusal(507, 'STORAGE_FULL', 'The disk is full.')])
  t.match(await run(['tasks', 'cancel', '--batch', 'nightly']), {
    code: 1,
    stdout: /^a +cancelled/m,
    stderr: /The disk is full/,
  })
})

void t.test('tasks or a batch, one of them, else nothing is asked', async (t) => {
  const { run, asked } = await client(t, [answer([])])
  for (const args of [[], ['a', '--batch', 'b'], ['--batch', '']]) {
    const { code, stderr } = await run(['tasks', 'cancel', ...args])
    t.equal(code, 2, args.join(' '))
    t.match(stderr, /^retire-cluster: [^\n]+\n$/)
  }
  t.equal(asked.length, 0)
})

void t.test('a submission whose answer is lost is sent again under its key', async (t) => {
  const gone = refusal(503, 'CLUSTER_UNAVAILABLE', 'The cluster node cannot be reached.')
  const { run, asked, keys } = await client(t, ['cut off', gone, submitted])
  const { code, stdout } = await run(['tasks', 'submit', 'echo'])
  t.equal(code, 0)
  t.match(stdout, /^task_id +task-1$/m)
  t.equal(asked.length, 3)
  t.equal(new Set(asked.map(({ body }) => JSON.stringify(body))).size, 1)
  t.match(keys[0], /^[0-9a-f]{32}$/)
  t.equal(new Set(keys).size, 1)
  await run(['tasks', 'submit', 'echo'])
  t.not(keys[3], keys[0], 'another command has another key')
})

void t.test('an answer that stays away is told with the key under which the command can be given again', async (t) => {
  /** What is told where this is every answer, and patience ends when the third request has come. */
  const told = async (answer: Answer) => {
    const patience = new AbortController()
    const { url, keys } = await startFakeApi(t, () => {
      if (keys.length === 2) patience.abort()
      return answer
    })
    const api = connectTo({ url, key: undefined, fetch })
    const body = { task_type: 'echo', payload: {} }
    const failure = await underKey(
      { key: 'mine', step: 2 },
      (how) => api.call('submitTask', { body, ...how }),
      () => patience.signal,
    ).then(
      () => undefined,
      (error: unknown) => asFailure(error, url),
    )
    t.ok(keys.length > 1 && keys.every((key) => key === 'mine/2'))
    return failure
  }
  const message = /--idempotency-key mine does nothing twice/
  t.match(await told('cut off'), { name: 'Unreachable', exitCode: 3, message })
  const away = refusal(503, 'CLUSTER_UNAVAILABLE', 'The node is away.')
  t.match(await told(away), { name: 'Refusal', exitCode: 1, message })
})

void t.test('a refusal, and what was never sent, is not asked for again', async (t) => {
  const full = await client(t, [refusal(507, 'STORAGE_FULL', 'The disk is full.')])
  t.equal((await full.run(['tasks', 'submit', 'echo'])).code, 1)
  t.equal(full.asked.length, 1)
  const listing = await client(t, ['cut off', submitted])
  t.equal((await listing.run(['tasks', 'list'])).code, 3)
  t.equal(listing.asked.length, 1, 'a call without a key neither')
})
