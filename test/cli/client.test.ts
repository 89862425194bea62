import t from 'tap'
import { taskPlacement } from '../../src/api/examples/placement.ts'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { parse } from 'yaml'
import { errorCodes } from '../../schemas/errors.ts'
import { client } from './client-world.ts'
import { refusal } from './fake-api.ts'
import { temporaryDirectory } from './programs.ts'

/** The URL of a port that was free a moment ago. */
const closedUrl = async (): Promise<string> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

const device = {
  id: 'pi-1',
  hostname: 'pi',
  display_name: null,
  status: 'online',
  role: 'compute',
  tags: ['lab', 'wall'],
  platform: { os: 'linux', os_version: null, arch: 'aarch64', python_version: null, node_version: null },
  resources: {
    cpu_cores: 4,
    cpu_usage: 12.5,
    memory_total_gb: 8,
    memory_used_gb: 1.5,
    storage_total_gb: null,
    storage_used_gb: null,
  },
  tasks: { active: 0, completed: 3, failed: 1 },
  slots: { total: 4, free: 4 },
  schedulable: true,
  paused: null,
  task_types: ['echo'],
  last_seen: '2026-11-24T12:00:00.000Z',
  registered_at: '2026-11-24T12:00:00.000Z',
  uptime_seconds: 10,
}
const deviceList = {
  devices: [device, { ...device, id: '=cmd', status: 'offline', tags: ['a"b', '\u001b[31mred'], role: '移动' }],
  total: 2,
  online: 1,
  offline: 1,
  pending_approval: 0,
  next_cursor: null,
}
const task = (status: string, more: object = {}) => ({
  task: { task_id: 'task-1', task_type: 'command', status, result: null, error: null, ...more },
})

void t.test(
  'devices list prints a table whose columns are aligned and whose text cannot steer the terminal',
  async (t) => {
    const { run, asked } = await client(t, [{ data: deviceList }])
    const { code, stdout, stderr } = await run(['devices', 'list', '--status', 'online', '--tag', 'a', '--tag', 'b'])
    t.equal(code, 0)
    t.equal(stderr, '')
    const [head = '', first = '', second = ''] = stdout.split('\n')
    t.match(head, /^ID +STATUS +ROLE +OS /)
    t.match(first, /^pi-1 +online +compute +linux +aarch64 +4 +12\.5% +1\.5 GiB of 8 GiB +4 of 4 free .* ago$/)
    t.equal(first.indexOf('linux'), head.indexOf('OS'))
    // Two wide characters take four columns, so the text after them begins two characters earlier.
    t.equal(second.indexOf('linux'), head.indexOf('OS') - 2)
    t.notMatch(stdout, '\u001b')
    t.match(second, '\\x1b[31mred')
    t.strictSame(
      asked.map(({ method, url }) => [method, url]),
      [['GET', '/api/v1/devices?status=online&tag=a&tag=b']],
    )
  },
)

void t.test('json and yaml are the data of the answer, csv its rows as RFC 4180 has them', async (t) => {
  const { run } = await client(t, [{ data: deviceList }])
  const [json, yaml, csv] = await Promise.all(
    ['json', 'yaml', 'csv'].map((format) => run(['devices', 'list', '--output', format])),
  )
  t.strictSame(JSON.parse(json?.stdout ?? ''), deviceList)
  t.strictSame(parse(yaml?.stdout ?? ''), deviceList)
  const [head = '', first = '', second = ''] = (csv?.stdout ?? '').split('\r\n')
  t.match(head, /^id,status,role,os,arch,cpu_cores/)
  t.match(first, /^pi-1,online,compute,linux,aarch64,4,12\.5,1\.5,8,4,4,0,3,1,lab wall,2026-/)
  t.match(second, /^'=cmd,offline/, 'what a spreadsheet would run is text')
  t.match(second, '"a""b ')
})

void t.test('a listing that has more says how to get it', async (t) => {
  const { run } = await client(t, [{ data: { ...deviceList, next_cursor: 'c1' } }])
  t.match((await run(['devices', 'list'])).stderr, '--cursor c1')
})

void t.test(
  'tasks submit sends what its flags say, with the payload inline, from a file or from the standard input',
  async (t) => {
    const { run, asked } = await client(t, [
      { data: { task_id: 'task-1', assigned_device: null, estimated_completion: null } },
    ])
    const file = join(temporaryDirectory(t), 'payload.json')
    writeFileSync(file, '{"message": "file"}')
    const flags = [
      '--device',
      'd',
      '--priority',
      'high',
      '--timeout',
      '5',
      '--retries',
      '2',
      '--requirements',
      '{"role":"x"}',
      '--queue-if-unavailable',
    ]
    const { code, stdout } = await run(['tasks', 'submit', 'echo', '--payload', '{"message": "test"}', ...flags])
    t.equal(code, 0)
    t.match(stdout, /^task_id +task-1$/m)
    await run(['tasks', 'submit', 'echo', '--payload', `@${file}`], { RETIRE_CLUSTER_API_KEY: 'k1' })
    await run(
      ['tasks', 'submit', 'echo', '--payload', '-'],
      { RETIRE_CLUSTER_TASKS_SUBMIT_PRIORITY: 'low' },
      '{"message": "stdin"}',
    )
    t.strictSame(asked, [
      {
        method: 'POST',
        url: '/api/v1/tasks',
        key: undefined,
        body: {
          task_type: 'echo',
          payload: { message: 'test' },
          device_id: 'd',
          priority: 'high',
          timeout: 5,
          max_retries: 2,
          requirements: { role: 'x' },
          queue_if_unavailable: true,
        },
      },
      { method: 'POST', url: '/api/v1/tasks', key: 'k1', body: { task_type: 'echo', payload: { message: 'file' } } },
      {
        method: 'POST',
        url: '/api/v1/tasks',
        key: undefined,
        body: { task_type: 'echo', payload: { message: 'stdin' }, priority: 'low' },
      },
    ])
  },
)

void t.test('--wait asks until the task is final, and its end is the exit code', async (t) => {
  const failed = task('failed', {
    result: { exit_code: 7 },
    error: { code: 'TASK_EXIT_NONZERO', message: 'It ended with 7.' },
  })
  const submitted = { data: { task_id: 'task-1' } }
  const completed = await client(t, [
    submitted,
    { data: task('pending') },
    { data: task('running') },
    { data: task('completed') },
  ])
  t.equal((await completed.run(['tasks', 'submit', 'command', '--wait'])).code, 0)
  t.equal(completed.asked.length, 4)
  t.equal(completed.asked[1]?.url, '/api/v1/tasks/task-1?wait=60')

  const { run } = await client(t, [{ data: failed }])
  const plain = await run(['tasks', 'wait', 'task-1'])
  t.equal(plain.code, 4)
  t.match(plain.stderr, /^retire-cluster: Task task-1 failed: It ended with 7\. \(TASK_EXIT_NONZERO\)$/m)
  t.match(plain.stdout, 'TASK_EXIT_NONZERO', 'the task is shown all the same')
  t.equal((await run(['tasks', 'wait', 'task-1', '--exit-code'])).code, 7)
  const cancelled = await client(t, [{ data: task('cancelled') }])
  t.equal((await cancelled.run(['tasks', 'wait', 'task-1', '--exit-code'])).code, 4)
})

void t.test('a record shows text and lists of several lines as lines', async (t) => {
  const { run } = await client(t, [
    {
      data: task('completed', { result: { output: 'a\nb', exit_code: 0 }, detailed_log: ['one', 'two'], attempts: [] }),
    },
  ])
  const { stdout } = await run(['tasks', 'show', 'task-1'])
  t.match(stdout, /^result\.output +a\n +b\nresult\.exit_code +0$/m)
  t.match(stdout, /^detailed_log +one\n +two\nattempts +-$/m)
  const csv = await run(['tasks', 'show', 'task-1', '--output', 'csv'])
  t.match(csv.stdout, '"a\nb",0,')
})

void t.test('tasks show --placement lists for each device why, with the score and its points', async (t) => {
  const { run, asked } = await client(t, [{ data: taskPlacement }])
  const { code, stdout, stderr } = await run(['tasks', 'show', 'task-1', '--placement'])
  t.equal(code, 0)
  t.equal(asked[0]?.url, '/api/v1/tasks/task-1/placement')
  t.match(stdout, /^DEVICE_ID +FITS +CODE +SCORE +FREE_SLOTS +POWER .+ REASON$/m)
  t.match(stdout, /^android-001 +false +busy +42\.57 +0 +6\.38 .+ android-001 is busy/m)
  t.match(stdout, /^laptop-002 +false +rejected +- +- /m)
  t.match(stderr, 'task-1 is pending: All devices that could run it are busy')
  const json = await run(['tasks', 'show', 'task-1', '--placement', '--output', 'json'])
  t.strictSame(JSON.parse(json.stdout), taskPlacement)
  t.equal(json.stderr, '')
})

void t.test('an error of the API is one sentence with the request id, and exit code 1', async (t) => {
  const { run } = await client(t, [refusal(404, 'TASK_NOT_FOUND', "Task 'x' does not exist.")])
  const outcome = await run(['tasks', 'show', 'x'])
  t.equal(outcome.code, 1)
  t.equal(outcome.stderr, "retire-cluster: Task 'x' does not exist. (TASK_NOT_FOUND, request request-1)\n")
  const closed = await client(t, [refusal(401, 'AUTHENTICATION_REQUIRED', 'A valid API key is needed.')])
  t.match((await closed.run(['devices', 'list'])).stderr, 'config set api_key')
})

void t.test('where no device can do a task, the flag is named by which it waits for one', async (t) => {
  const { status, en } = errorCodes.INSUFFICIENT_RESOURCES
  const refused = refusal(status, 'INSUFFICIENT_RESOURCES', en)
  const { run } = await client(t, [{ data: {} }, refused])
  const { stderr } = await run(['tasks', 'map', 'echo', '--each', '-'], {}, '{}\n')
  t.match(stderr, 'send "queue_if_unavailable": true. Here that is --queue-if-unavailable.')
  const demo = await client(t, [{ data: {} }, refused])
  t.notMatch((await demo.run(['demo'])).stderr, '--queue-if-unavailable', 'a command that has no such flag')
  for (const command of [['run'], ['tasks', 'map'], ['tasks', 'submit']])
    t.match((await run([...command, '--help'])).stdout, '--queue-if-unavailable', command.join(' '))
})

void t.test('a budget that is used up is told with the seconds until there is another', async (t) => {
  const refused = (seconds: number) =>
    refusal(429, 'RATE_LIMIT_EXCEEDED', 'Too many requests: 1000 in 900 seconds.', { retry_after_seconds: seconds })
  const { run } = await client(t, [refused(840), refused(1)])
  t.match(await run(['devices', 'list']), { code: 1, stderr: /900 seconds\. Try again in 840 seconds\. \(RATE_LIMIT/ })
  t.match((await run(['devices', 'list'])).stderr, 'Try again in 1 second. (')
})

void t.test('what cannot be reached, or is not the API, is exit code 3', async (t) => {
  const { run, url } = await client(t, [{ status: 502, body: '<html>Bad gateway</html>' }])
  const foreign = await run(['devices', 'list'])
  t.equal(foreign.code, 3)
  t.match(foreign.stderr, 'is not the Retire-Cluster API')
  const gone = await run(['devices', 'list', '--api-url', await closedUrl()])
  t.equal(gone.code, 3)
  t.match(gone.stderr, /cannot be reached: nothing listens there\. Start it by retire-cluster-api \(in a clone: npm/)
  const unknown = await run(['devices', 'list', '--api-url', 'http://no-such-host.invalid'])
  t.match(unknown, { code: 3, stderr: /the host name .*\. Name its address by --api-url\.\n$/ })
  const plain = new URL(url)
  const secure = await run(['devices', 'list', '--api-url', `https://${plain.host}`])
  t.equal(secure.code, 3)
  t.match(secure.stderr, `does not speak https. Where it speaks plain http, name it by --api-url ${plain.origin}\n`)
})

void t.test('a redirect is not followed, so that the key goes nowhere else', async (t) => {
  const { run, asked } = await client(t, [{ status: 302, body: '' }])
  t.equal((await run(['devices', 'list', '--api-key', 'k'])).code, 3)
  t.equal(asked.length, 1)
})

void t.test('usage is exit code 2, one line, and no request', async (t) => {
  const { run, asked } = await client(t, [{ data: {} }])
  const bad = [
    ['devices'],
    ['devics', 'list'],
    ['devices', 'lst'],
    ['devices', 'list', '--stauts', 'online'],
    ['devices', 'list', '--status', 'up'],
    ['devices', 'list', '--output', 'xml'],
    ['devices', 'show'],
    ['tasks', 'list', '--limit', '0'],
    ['tasks', 'submit', 'echo', '--payload', '{'],
    ['tasks', 'submit', 'echo', '--payload', '[]'],
    ['tasks', 'submit', 'echo', '--payload', '@/nonexistent'],
    ['--api-url', 'ftp://x', 'devices', 'list'],
    ['config', 'set', 'api_url', 'nowhere'],
    ['config', 'set', 'api_urls', 'http://x'],
  ]
  for (const args of bad) {
    const { code, stdout, stderr } = await run(args)
    t.equal(code, 2, args.join(' '))
    t.equal(stdout, '')
    t.match(stderr, /^retire-cluster: [^\n]+\n$/, stderr)
  }
  t.equal(asked.length, 0)
})
