import t from 'tap'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Task } from '../../schemas/index.ts'
import { startCluster } from '../start-cluster.ts'
import { type Answer, startFakeApi } from './fake-api.ts'
import { entry, runToEnd, start, temporaryDirectory } from './programs.ts'

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

/** Resolves with the exit code when a program has ended, and all that it wrote was read. */
const closed = (program: ReturnType<typeof start>): Promise<number | null> =>
  new Promise((resolve) => program.once('close', resolve))

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
