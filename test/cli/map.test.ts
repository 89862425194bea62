import t from 'tap'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Task } from '../../schemas/index.ts'
import { startCluster } from '../start-cluster.ts'
import { type Answer, type Asked, refusal, startFakeApi } from './fake-api.ts'
import { closed, entry, runToEnd, start, temporaryDirectory } from './programs.ts'

type Test = Parameters<typeof startFakeApi>[0]

/** The variables of a client that knows where the API is, and nothing else. */
const variables = (url: string) => ({ RETIRE_CLUSTER_API_URL: url, XDG_CONFIG_HOME: '/nonexistent' })

/** A file with a JSON object on each line. */
const jsonLines = (t: Test, objects: readonly object[]): string => {
  const file = join(temporaryDirectory(t), 'each.jsonl')
  writeFileSync(file, objects.map((object) => `${JSON.stringify(object)}\n`).join('\n'))
  return file
}

/** Resolves with a reader of what a program has written to its standard error, when a text is there. */
const says = (program: ReturnType<typeof start>, wanted: string): Promise<() => string> =>
  new Promise((resolve, reject) => {
    let said = ''
    program.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes(wanted)) resolve(() => said)
    })
    program.once('close', () => reject(new Error(`it never said ${wanted}: ${said}`)))
  })

void t.test('many tasks against a live cluster', async (t) => {
  const { url } = await startCluster(t, {
    args: ['--no-rate-limit'],
    workerArgs: ['--allow', 'command', '--slots', '4'],
  })
  const run = (args: readonly string[], stdin = '') => runToEnd(t, entry('client'), args, variables(url), stdin)
  const shell = (line: string) => ({ command: ['sh', '-c', line] })

  await t.test('tasks map prints a JSON line for each payload, in their order', async (t) => {
    const messages = Array.from({ length: 30 }, (_, index) => `message ${index}`)
    const file = jsonLines(
      t,
      messages.map((message) => ({ message })),
    )
    const { code, stdout, stderr } = await run(['tasks', 'map', 'echo', '--each', file])
    t.equal(code, 0, stderr)
    const tasks = stdout.trim().split('\n').map((line) => JSON.parse(line) as Task) // prettier-ignore
    t.strictSame(
      tasks.map(({ result }) => result?.output),
      messages,
    )
    t.match(stderr, '30 of 30 completed.')
  })

  await t.test('failures are grouped by their causes, and are exit code 4', async (t) => {
    const failing = Array.from({ length: 5 }, (_, index) => shell(`echo line ${index}; echo no decoder; exit 3`))
    const file = jsonLines(t, [...failing, shell('true'), shell('exit 7')])
    const { code, stdout, stderr } = await run(['tasks', 'map', 'command', '--each', file, '--batch', 'mixed'])
    t.equal(code, 4)
    t.equal(stdout.trim().split('\n').length, 7, 'all results are there')
    t.match(stderr, /^5 × no decoder\n1 × The program ended with exit code 7\.$/m)
    t.match(stderr, 'Of the 7 tasks of batch mixed, 1 completed, 6 failed and 0 were cancelled.')
  })

  await t.test('in a batch that had tasks before, those of this call alone are its result', async (t) => {
    const lines = (...messages: string[]) => messages.map((message) => `{"message": "${message}"}\n`).join('')
    const map = (items: string) => run(['tasks', 'map', 'echo', '--each', '-', '--batch', 'nightly'], items)
    t.equal((await map(lines('old'))).code, 0)
    t.match(await map(lines('new', 'newer')), {
      code: 0,
      stdout: /^\{.*"output":"new".*\}\n\{.*"output":"newer".*\}\n$/,
    })
  })

  await t.test('--detach ends at once, and tasks attach goes on', async (t) => {
    const lines = '{"message": "a"}\n{"message": "b"}\n'
    const detached = await run(['tasks', 'map', 'echo', '--each', '-', '--batch', 'later', '--detach', '-q'], lines)
    t.match(detached, { code: 0, stdout: 'later\n' })
    const attached = await run(['tasks', 'attach', 'later'])
    t.equal(attached.code, 0)
    t.match(attached.stdout, /^\{.*"output":"a".*\}\n\{.*"output":"b".*\}\n$/)
    t.equal((await run(['tasks', 'attach', 'unheard-of'])).code, 1)
  })

  await t.test('Ctrl-C cancels what has not ended, says so, and is no failure of a task', async (t) => {
    const file = jsonLines(t, Array(20).fill({ duration: 60 }) as object[])
    const program = start(
      t,
      entry('client'),
      ['tasks', 'map', 'sleep', '--each', file, '--batch', 'long'],
      variables(url),
    )
    const said = await says(program, 'of 20')
    program.kill('SIGINT')
    t.equal(await closed(program), 130)
    t.match(said(), 'Interrupted: the 20 tasks of batch long that had not ended are cancelled.')
    const { stdout } = await run(['tasks', 'list', '--batch-id', 'long', '--status', 'cancelled', '-q'])
    t.equal(stdout.trim().split('\n').length, 20)
  })

  await t.test('what no device can do is told once while others run, and what only waits is not', async (t) => {
    const [nap, impossible] = [shell('sleep 60'), { command: ['no-such-program'] }]
    const file = jsonLines(t, [nap, nap, nap, impossible, impossible, impossible, nap, nap])
    const args = ['tasks', 'map', 'command', '--each', file, '--batch', 'stuck']
    const program = start(t, entry('client'), args, variables(url))
    const said = await says(program, 'Ctrl-C cancels')
    t.match(said(), /^Waiting \(2 tasks\): Every device .* --placement\. .* Ctrl-C cancels what has not ended\.$/m)
    const attached = start(t, entry('client'), ['tasks', 'attach', 'stuck'], variables(url))
    const saidToo = await says(attached, 'Ctrl-C leaves')
    attached.kill('SIGINT')
    t.equal(await closed(attached), 130)
    program.kill('SIGINT')
    t.equal(await closed(program), 130)
    t.match(said(), /^1 of 8, 4 running, 3 pending, 1 failed.*; 2 wait for a device$/m)
    t.equal(said().match(/^Waiting/gm)?.length, 1)
    t.equal(saidToo().match(/^Waiting/gm)?.length, 1)
  })

  await t.test('tasks logs prints what was printed, and -f what is printed until the end', async (t) => {
    const payload = JSON.stringify(shell('echo first; sleep 1; echo second'))
    const submitted = await run(['tasks', 'submit', 'command', '--payload', payload, '-q'])
    const id = submitted.stdout.trim()
    t.match(await run(['tasks', 'logs', '-f', id]), { code: 0, stdout: 'first\nsecond\n', stderr: '' })
    t.match(await run(['tasks', 'logs', id]), { code: 0, stdout: 'first\nsecond\n' })
    t.match(await run(['tasks', 'logs', '--follow', 'task-x']), { code: 1, stderr: /TASK_NOT_FOUND/ })
  })
})

void t.test('Ctrl-C cancels by one call', async (t) => {
  const batch = { total: 2, pending: 2, running: 0, completed: 0, failed: 0, cancelled: 0, progress: 0 }
  const unfinished: Answer = { data: { ...batch, estimated_completion: null, outcomes: [], changed: 2, more: false } }
  const { url, asked } = await startFakeApi(t, [{ data: {} }, { data: { task_ids: ['a', 'b'] } }, unfinished])
  const args = ['tasks', 'map', 'echo', '--each', jsonLines(t, [{}, {}])]
  const program = start(t, entry('client'), args, variables(url))
  await says(program, '0 of 2, 2 pending')
  program.kill('SIGINT')
  t.equal(await closed(program), 130)
  t.equal(asked.filter(({ url }) => url === '/api/v1/tasks/batch/cancel').length, 1)
})

/** How far a batch of two tasks is. */
const progressOf = (pending: number) => {
  const counts = { total: 2, pending, running: 0, completed: 2 - pending, failed: 0, cancelled: 0 }
  return { data: { ...counts, progress: 0, estimated_completion: null } }
}

/** What is answered by path; where it takes a while, a promise of it. */
type Answers = Readonly<Record<string, Answer | Promise<Answer>>>

/** An API that answers by the path that is asked for; nothing where it is not named. */
const answering = (t: Test, answers: Answers) => {
  const waiting = new Map<string, () => void>()
  const answer = ({ url }: Asked): Answer | Promise<Answer> => {
    const asked = url.replace(/^\/(api\/v1\/)?/, '')
    const [path = ''] = asked.split('?')
    for (const [beginning, resolve] of waiting) if (asked.startsWith(beginning)) resolve()
    return answers[path] ?? 'silence'
  }
  /** Resolves when a request comes whose URL begins so. */
  const askedFor = (beginning: string) => new Promise<void>((resolve) => waiting.set(beginning, resolve))
  return startFakeApi(t, answer).then((api) => ({ ...api, askedFor }))
}

/** What is stopped, and when. */
type Stopping = {
  readonly args: readonly string[]
  readonly path: string
  readonly signal: NodeJS.Signals
  /** What is answered, by path, only when the client has said that the signal came. */
  readonly late?: Readonly<Record<string, Answer>>
}

/** Starts the client, sends a signal when it asks for `path`, and resolves with how it ended. */
const stopped = async (
  t: Test,
  answers: Readonly<Record<string, Answer>>,
  { args, path, signal, late = {} }: Stopping,
) => {
  const { promise: interruption, resolve: interrupted } = Promise.withResolvers<string>()
  const heldBack = Object.entries(late).map(([path, answer]) => [path, interruption.then(() => answer)] as const)
  const api = await answering(t, { ...answers, ...Object.fromEntries(heldBack) })
  const program = start(t, entry('client'), args, variables(api.url))
  let stderr = ''
  program.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
    if (stderr.includes('Interrupted')) interrupted(stderr)
  })
  await api.askedFor(path)
  program.kill(signal)
  const code = await closed(program)
  return { code, stderr, cancels: api.asked.filter(({ url }) => url.endsWith('/batch/cancel')).length }
}

const health: Answer = { data: {} }
const takenIn: Answer = { data: { task_ids: ['a', 'b'] } }
const cancelled: Answer = { data: { outcomes: [], changed: 2, more: false } }

void t.test('a signal is a sentence and an exit code, wherever a batch stands', async (t) => {
  const map = ['tasks', 'map', 'echo', '--batch', 'b', '--each', jsonLines(t, [{}, {}])]
  const attach = ['tasks', 'attach', 'b']
  const running = { health, 'tasks/batch': takenIn, 'tasks/batch/cancel': cancelled }
  const ended = { ...running, 'tasks/batch/b': progressOf(0) }

  await t.test('Ctrl-C while the results are read', async (t) => {
    for (const args of [map, attach]) {
      const { code, stderr, cancels } = await stopped(t, ended, { args, path: 'tasks?', signal: 'SIGINT' })
      t.match({ code, cancels }, { code: 130, cancels: 0 })
      t.match(stderr, /Interrupted: batch b has ended; read its results by retire-cluster tasks attach b\n$/)
    }
  })

  await t.test('Ctrl-C before the first tasks are taken in', async (t) => {
    const at = { args: map, path: 'tasks/batch', signal: 'SIGINT' } as const
    const none: Answer = { data: { outcomes: [], changed: 0, more: false } }
    const full = refusal(507, 'STORAGE_FULL', 'The disk is full.')
    const first = await stopped(t, { health, 'tasks/batch/cancel': none }, { ...at, late: { 'tasks/batch': full } })
    t.match(first, { code: 130, stderr: /^Batch b\nInterrupted; cancelling batch b…\n.*no task of batch b to cancel\.\n$/ }) // prettier-ignore
    const refused = refusal(403, 'PERMISSION_DENIED', 'It may only read.')
    const second = await stopped(
      t,
      { health, 'tasks/batch/cancel': refused },
      { ...at, late: { 'tasks/batch': takenIn } },
    )
    t.match(second, {
      code: 130,
      stderr: /could not be told to cancel: It may only read\. .* retire-cluster tasks cancel --batch b\n$/,
    })
  })

  await t.test('Ctrl-C while a submission is not answered says that it may be taken in still', async (t) => {
    const at = { args: map, path: 'tasks/batch', signal: 'SIGINT' } as const
    t.match(await stopped(t, { health, 'tasks/batch/cancel': cancelled }, at), {
      code: 130,
      stderr: /was not answered, and may be taken in still; later: retire-cluster tasks cancel --batch b\n$/,
      cancels: 1,
    })
  })

  await t.test('whoever waits for one task leaves it', async (t) => {
    const task = { task_id: 'task-a', status: 'running' }
    const answers = { 'tasks/task-a': { data: { task } }, tasks: { data: task } }
    const wanted = /^retire-cluster: Left: task task-a goes on\. .* tasks wait task-a; .* tasks cancel task-a\n$/
    for (const args of [
      ['tasks', 'wait', 'task-a'],
      ['tasks', 'submit', 'echo', '--wait'],
    ]) {
      const left = (signal: NodeJS.Signals) => stopped(t, answers, { args, path: 'tasks/task-a?wait=', signal })
      t.match(await left('SIGINT'), { code: 130, stderr: wanted })
      if (process.platform !== 'win32') t.match(await left('SIGTERM'), { code: 143, stderr: wanted })
    }
  })

  await t.test('Ctrl-C of who only follows leaves, and so do logout and shutdown', async (t) => {
    const attached = { ...running, 'tasks/batch/b': progressOf(2) }
    const by = (args: readonly string[], signal: NodeJS.Signals) =>
      stopped(t, args === map ? running : attached, { args, path: 'tasks/batch/b?wait=', signal })
    const wanted = /Left: batch b goes on\. To follow it: .* attach b; to cancel it: .* cancel --batch b\n$/
    t.match(await by(attach, 'SIGINT'), { code: 130, stderr: wanted, cancels: 0 })
    if (process.platform === 'win32') return
    for (const args of [attach, map]) t.match(await by(args, 'SIGTERM'), { code: 143, stderr: wanted, cancels: 0 })
    t.match(await by(map, 'SIGHUP'), { code: 129, stderr: wanted, cancels: 0 })
    t.match(await by(map, 'SIGINT'), { code: 130, stderr: /the 2 tasks of batch b/, cancels: 1 })
    const submitting = { args: map, path: 'tasks/batch', signal: 'SIGTERM' } as const
    t.match(await stopped(t, { health }, submitting), {
      code: 143,
      stderr: /at least 0 of 2 tasks of batch b/,
    })
  })
})

void t.test('what fails when tasks are taken in tells the batch', async (t) => {
  const denied = refusal(403, 'PERMISSION_DENIED', 'It may only write.')
  const map = ['tasks', 'map', 'echo', '--each', jsonLines(t, [{}, {}])]
  const { url } = await startFakeApi(t, [health, takenIn, denied])
  const { code, stderr } = await runToEnd(t, entry('client'), map, variables(url))
  t.equal(code, 1)
  const [, name = ''] = /^Batch (map-\S+)\n/.exec(stderr) ?? []
  t.match(stderr, `It may only write. What was taken in goes on; to follow it: retire-cluster tasks attach ${name} (`)
  const nothing = await startFakeApi(t, [health, denied])
  t.notMatch((await runToEnd(t, entry('client'), map, variables(nothing.url))).stderr, 'attach')
})

void t.test('a task that is refused is told by its number among all of them', async (t) => {
  const [accepted, wrong] = [Array.from({ length: 1000 }, () => ({ message: '' })), { message: 5 }]
  const map = ['tasks', 'map', 'echo', '--each', jsonLines(t, [...accepted, {}, wrong])]
  for (const [code, details] of [
    ['VALIDATION_ERROR', { issues: [{ in: 'body', path: '/tasks/1/payload/message', message: 'It is no text' }] }],
    ['INVALID_TASK_TYPE', { path: '/tasks/1' }],
  ] as const) {
    const refused = refusal(400, code, 'It is wrong.', details)
    const thousand = { data: { task_ids: accepted.map((_, index) => `task-${index}`) } }
    const { url } = await startFakeApi(t, [health, thousand, refused])
    const { stderr } = await runToEnd(t, entry('client'), map, variables(url))
    t.match(stderr, 'It is wrong. It is task 1002 of 1002. What was taken in goes on;')
  }
})

void t.test('payloads that are none are told by their line, before anything is asked', async (t) => {
  const { url, asked } = await startFakeApi(t, [{ data: {} }])
  const run = (args: readonly string[], stdin = '') => runToEnd(t, entry('client'), args, variables(url), stdin)
  t.match(await run(['tasks', 'map', 'echo']), { code: 2, stderr: /--each FILE/ })
  t.match(await run(['tasks', 'map', 'echo', '--each', '-'], '{}\n\n{\n'), {
    code: 2,
    stderr: /--each: line 3 is not JSON/,
  })
  t.match(await run(['tasks', 'map', 'echo', '--each', '-'], '[]'), { code: 2, stderr: /line 1 must be a JSON object/ })
  t.match(await run(['tasks', 'map', 'echo', '--each', '/nonexistent']), { code: 2, stderr: /cannot be read/ })
  t.equal(asked.length, 0)
  t.match(await run(['tasks', 'map', 'echo', '--each', '-'], ''), { code: 0, stdout: '' }, 'nothing to do')
})
