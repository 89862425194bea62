import t from 'tap'
import { deviceDetail } from '../../src/api/examples/devices.ts'
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

const outcome = (device_id: string, code: string | null = null) => ({ device_id, ok: code === null, code })
const changed = (...outcomes: readonly ReturnType<typeof outcome>[]): Answer => ({
  data: { outcomes, changed: outcomes.filter(({ ok }) => ok).length },
})

void t.test('devices drain and undrain take ids, the standard input or a tag, by one call', async (t) => {
  const { run, asked } = await client(t, [changed(outcome('a'), outcome('b'))])
  const { code, stdout } = await run(['devices', 'drain', 'a', '-'], 'b\r\n\na\n')
  t.equal(code, 0)
  t.match(stdout, /^DEVICE_ID +OK +ERROR\na +true +-\nb +true +-\n$/)
  t.match(await run(['devices', 'undrain', '--tag', 'lab', '-q']), { code: 0, stdout: 'a\nb\n' })
  t.match(asked, [
    { method: 'POST', url: '/api/v1/devices/batch', body: { device_ids: ['a', 'b'], set: { schedulable: false } } },
    { body: { tag: 'lab', set: { schedulable: true } } },
  ])
})

void t.test('what was done to devices is one sentence to people, and none to programs', async (t) => {
  const { run } = await client(t, [changed(outcome('a'))])
  const said = { approve: 'approved', drain: 'drained', undrain: 'no longer drained', remove: 'removed' }
  for (const [name, state] of Object.entries(said))
    t.match(await run(['devices', name, 'a']), { code: 0, stderr: new RegExp(`^a is ${state}\\.\n$`) })
  for (const flags of [['-q'], ['--output', 'json']])
    t.match(await run(['devices', 'approve', 'a', ...flags]), { code: 0, stderr: /^$/ })
  const two = await client(t, [changed(outcome('a'), outcome('b'))])
  t.match(await two.run(['devices', 'approve', '--tag', 'lab']), { stderr: /^2 devices are approved\.\n$/ })
})

void t.test('devices remove says which were refused, and ends with code 1', async (t) => {
  const { run, asked } = await client(t, [changed(outcome('a'), outcome('b', 'DEVICE_BUSY'))])
  const { code, stdout, stderr } = await run(['devices', 'remove', 'a', 'b'])
  t.equal(code, 1)
  t.match(stdout, /^b +false +DEVICE_BUSY$/m)
  t.equal(stderr, 'retire-cluster: 1 of 2 devices was refused; the first: b (DEVICE_BUSY)\n')
  const one = await client(t, [changed(outcome('b', 'DEVICE_BUSY'))])
  t.match(await one.run(['devices', 'remove', 'b']), {
    code: 1,
    stderr: /: The device was refused: b \(DEVICE_BUSY\)\n$/,
  })
  await run(['devices', 'remove', 'b', '--force'])
  t.match(
    asked.map(({ body }) => body),
    [{ remove: {} }, { remove: { force: true } }],
  )
  for (const args of [[], ['a', '--tag', 'lab']])
    t.equal((await run(['devices', 'remove', ...args])).code, 2, args.join(' '))
})

void t.test('devices ping measures many at once, and one in full', async (t) => {
  const results = { device_id: 'a', reachable: true, average_latency_ms: 1.5, packet_loss: 0, results: [] }
  const { run, asked } = await client(t, [{ data: { ping_results: results } }])
  t.match((await run(['devices', 'ping', 'a', '--count', '1'])).stdout, /^average_latency_ms +1\.5$/m)
  t.match((await run(['devices', 'ping', '-'], 'a\nb\n')).stdout, /^DEVICE_ID .*\na +true +1\.5 +0\na /)
  t.match(asked, [{ url: '/api/v1/devices/a/ping', body: { count: 1 } }, {}, {}])
  const gone = await client(t, [{ data: { ping_results: results } }, refusal(404, 'DEVICE_NOT_FOUND', 'gone')])
  t.match(await gone.run(['devices', 'ping', 'a', 'b']), {
    code: 1,
    stdout: /^DEVICE_ID .*\na +true +1\.5 +0\n$/,
    stderr: /1 of 2 devices could not be measured; the first: [ab]: gone \(DEVICE_NOT_FOUND\)/,
  })
  t.equal((await run(['devices', 'ping'])).code, 2)
})

void t.test('-q walks all pages, since what acts on them is meant for all; with --limit it prints one', async (t) => {
  const page = (id: string, next_cursor: string | null) => ({ data: { tasks: [{ task_id: id }], next_cursor } })
  const all = await client(t, [page('task-1', 'more'), page('task-2', null)])
  t.equal((await all.run(['tasks', 'list', '-q', '--status', 'failed'])).stdout, 'task-1\ntask-2\n')
  t.match(
    all.asked.map(({ url }) => url),
    [/status=failed.*limit=1000/, /cursor=more/],
  )
  const one = await client(t, [page('task-1', 'more')])
  t.match(await one.run(['tasks', 'list', '-q', '--limit', '1']), { stdout: 'task-1\n', stderr: /--cursor more/ })
})

void t.test(
  '--status takes the words of its column: of drained and paused, all pages are looked through',
  async (t) => {
    const device = (id: string, more: object) => ({ ...deviceDetail, id, status: 'online', paused: null, ...more })
    const paused = { reason: 'owner', since: '2026-11-24T12:00:00.000Z', message: 'Its battery is low.' }
    const page = (devices: readonly object[], next_cursor: string | null) => ({
      data: { devices, total: 4, online: 4, offline: 0, pending_approval: 0, next_cursor },
    })
    const { run, asked } = await client(t, [
      page([device('a', { schedulable: false }), device('b', {})], 'more'),
      page([device('c', { paused }), device('d', { schedulable: false, paused })], null),
      page([device('a', { schedulable: false }), device('c', { paused })], null),
    ])
    t.match(await run(['devices', 'list', '--status', 'drained', '--tag', 'lab', '-q']), {
      code: 0,
      stdout: /^a\nd\n$/,
    })
    t.match(
      asked.map(({ url }) => url),
      [/status=online.*limit=1000/, /status=online.*cursor=more/],
    )
    t.match(asked[0]?.url, 'tag=lab')
    const json = await run(['devices', 'list', '--status', 'paused', '--output', 'json'])
    t.match(JSON.parse(json.stdout), { devices: [{ id: 'c' }], total: 4, next_cursor: null })
    t.match(await run(['devices', 'list', '--status', 'paused', '--limit', '5']), {
      code: 2,
      stderr: /leave out --limit/,
    })
    t.match(await run(['devices', 'list', '--status', 'up']), { code: 2, stderr: /drained, paused/ })
  },
)

void t.test('-q prints ids alone, for another command', async (t) => {
  const device = {
    status: 'online', role: 'compute', tags: [], platform: {}, resources: {}, slots: {}, tasks: {}, schedulable: true,
  } // prettier-ignore
  const devices = ['a', 'b\u001b[31m'].map((id) => ({ ...device, id }))
  const { run } = await client(t, [{ data: { devices, next_cursor: null } }])
  t.equal((await run(['devices', 'list', '-q'])).stdout, 'a\nb\\x1b[31m\n')
  t.equal((await run(['devices', 'list', '--quiet', '--output', 'json'])).stdout, 'a\nb\\x1b[31m\n')
})

void t.test('what the API suggests is part of the sentence', async (t) => {
  const answer = refusal(400, 'INVALID_TASK_TYPE', "No device offers 'ecko'.", { suggestion: 'echo' })
  const { run } = await client(t, [answer])
  t.equal(
    (await run(['tasks', 'submit', 'ecko'])).stderr,
    "retire-cluster: No device offers 'ecko'. Did you mean echo? (INVALID_TASK_TYPE, request request-1)\n",
  )
})

void t.test('--watch ends in a pipe where the API refuses it', async (t) => {
  const status: Answer = { data: { cluster_stats: { online_devices: 1 } } }
  const { run } = await client(t, [status, refusal(403, 'PERMISSION_DENIED', 'No more.')])
  const { code, stdout, stderr } = await run(['cluster', 'status', '--watch'])
  t.equal(code, 1)
  t.equal(stdout.replace(/ +/g, ' '), 'online_devices 1\n')
  t.match(stderr, 'No more.')
})

void t.test('devices show has a line for each unclean stop, and programs get it whole', async (t) => {
  const { run } = await client(t, [{ data: { device: deviceDetail } }])
  const line = /^unclean_stops +2026-11-24T03:12:40\.000Z killed: Android ended the worker, .*$/m
  t.match(await run(['devices', 'show', 'android-001']), { code: 0, stdout: line })
  const { stdout } = await run(['devices', 'show', 'android-001', '--output', 'json'])
  t.strictSame(JSON.parse(stdout), deviceDetail)
})
