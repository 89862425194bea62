import t from 'tap'
import type { DeviceDetail, TaskDetail, TaskTypeList } from '../../../schemas/index.ts'
import { startCluster, until } from '../../start-cluster.ts'
import { startCanary, startServer } from '../../worker/http-world.ts'

/** What the owner of each device allows. */
const devices = {
  closed: [],
  programs: ['--allow', 'command'],
  shell: ['--allow', 'command,shell'],
  web: ['--allow', 'http_request'],
  home: ['--allow', 'http_request,lan'],
  code: ['--allow', 'javascript,python,python_eval,wasm'],
} as const

const cluster = await startCluster(t, { workers: 0 })
await Promise.all(Object.entries(devices).map(([device_id, args]) => cluster.addWorker(device_id, args)))

const run = async (submission: object): Promise<TaskDetail> =>
  cluster.task((await cluster.submit(submission)).task_id, 60)

void t.test('each type runs where its owner allows it, and nowhere else', async (t) => {
  for (const [task_type, payload, device_id, result] of [
    ['command', { command: ['sh', '-c', 'echo "$1"', 'sh', '$(id)'], stdin: '' }, 'programs', { output: '$(id)\n' }],
    ['command', { command: 'echo one | tr a-z A-Z', shell: true }, 'shell', { output: 'ONE\n' }],
    [
      'javascript',
      { code: 'console.log("hi"); return input.n * 2', input: { n: 21 } },
      'code',
      { output: 'hi\n', value: 42 },
    ],
    [
      'python',
      { source: 'def half(n):\n    print("hi")\n    return n / 2\n', function: 'half', args: [84] },
      'code',
      { output: 'hi\n', value: 42 },
    ],
    ['python_eval', { expression: 'sum(range(10))' }, 'code', { value: 45 }],
  ] as const) {
    const task = await run({ task_type, payload, ...(device_id === 'programs' ? { device_id } : {}) })
    t.match(task, { status: 'completed', device_id, attempt: 1, result: { exit_code: 0, ...result } }, task_type)
  }
  const { data } = await cluster.call<TaskTypeList>('GET', '/api/v1/tasks/types')
  const counts = Object.fromEntries(data.task_types.map((type) => [type.task_type, type.online_devices]))
  t.strictSame(counts, {
    command: 2,
    echo: 6,
    http_request: 2,
    javascript: 1,
    python: 1,
    python_eval: 1,
    sleep: 6,
    system_info: 6,
    wasm: 1,
  })
})

void t.test('a type that is allowed on no device that was asked for is refused, naming the flag', async (t) => {
  for (const [task_type, payload, device_id, flag] of [
    ['command', { command: 'id', shell: true }, 'programs', '--allow command,shell'],
    ['command', { command: ['id'] }, 'closed', '--allow command'],
    ['javascript', { code: 'return 1' }, 'web', '--allow javascript'],
    ['python', { source: 'def f(): pass', function: 'f' }, 'programs', '--allow python'],
    ['python_eval', { expression: '1' }, 'shell', '--allow python_eval'],
    ['http_request', { url: 'http://example.com/' }, 'code', '--allow http_request'],
  ] as const) {
    const answer = await cluster.call('POST', '/api/v1/tasks', { task_type, payload, device_id })
    t.match(answer, { status: 400, error: { code: 'INSUFFICIENT_RESOURCES' } }, flag)
    t.match(answer.error?.message, new RegExp(`${flag}\\b`))
  }
})

void t.test('a request into the network around the devices goes to the one that allows it', async (t) => {
  const { port } = await startServer(t, (_incoming, response) => response.end('from home'))
  const url = `http://127.0.0.1:${port}/`
  for (const requirements of [{}, { capabilities: ['lan'] }]) {
    const task = await run({ task_type: 'http_request', payload: { url }, requirements })
    t.match(task, {
      status: 'completed',
      device_id: 'home',
      result: { output: 'from home', value: { status: 200, url } },
    })
  }
  const canary = await startCanary(t)
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '0x7f.1', '[::ffff:127.0.0.1]', '0.0.0.0']) {
    const payload = { url: `http://${host}:${canary.port}/` }
    const task = await run({ task_type: 'http_request', payload, device_id: 'web' })
    t.match(task, { status: 'failed', error: { code: /^TASK_(REJECTED|ERROR)$/ }, result: null }, host)
  }
  t.match(canary, { connections: 0 })
})

void t.test('code that goes on for ever is ended when it is cancelled, and by its timeout', async (t) => {
  for (const [task_type, payload] of [
    ['javascript', { code: 'console.log("begun"); for (;;);' }],
    ['python', { source: 'def f():\n    print("begun")\n    while True: pass\n', function: 'f' }],
    ['python_eval', { expression: 'print("begun") or [0 for n in iter(int, 1) if n]' }],
  ] as const) {
    // Long enough to begin on a busy machine.
    t.match(await run({ task_type, payload, timeout: 8 }), {
      status: 'failed',
      error: { code: 'TASK_TIMEOUT' },
      result: { output: 'begun\n' },
    })
    const { task_id } = await cluster.submit({ task_type, payload })
    const { body } = await fetch(`${cluster.url}/api/v1/tasks/${task_id}/output?follow=true`)
    let output = ''
    for await (const piece of body ?? []) {
      output += new TextDecoder().decode(piece as Uint8Array)
      if (output.includes('begun')) break
    }
    t.match(output, 'begun', 'its output comes while it runs')
    t.match(await cluster.call('DELETE', `/api/v1/tasks/${task_id}`), { status: 200, data: { was_running: true } })
    t.match(await cluster.task(task_id), { status: 'cancelled' })
  }
  await until('what was cancelled is gone, and its slot free', async () => {
    const { data } = await cluster.call<{ device: DeviceDetail }>('GET', '/api/v1/devices/code')
    const { free, total } = data.device.slots
    return free === total || undefined
  })
})
