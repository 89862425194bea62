import t from 'tap'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { BatchProgress, Task } from '../../../schemas/index.ts'
import { entry, start, temporaryDirectory } from '../../cli/programs.ts'
import { closedGate } from '../../gate.ts'
import { startCluster, until } from '../../start-cluster.ts'

const ITEMS = 1000

void t.test('a kill -9 of the server in the middle of tasks map changes nothing but time', async (t) => {
  const workerArgs = ['--allow', 'command', '--slots', '2']
  const cluster = await startCluster(t, { workers: 4, args: ['--no-rate-limit'], workerArgs })
  const messages = Array.from({ length: ITEMS }, (_, index) => `message ${index}`)
  // What comes in the middle waits for the kill: all might be done before this process looks.
  const gate = closedGate(t)
  const payloadOf = (message: string, index: number) => ({
    command: ['sh', '-c', `${index < ITEMS / 2 ? '' : `${gate.passed}; `}printf %s "$0"`, message],
  })
  const file = join(temporaryDirectory(t), 'each.jsonl')
  writeFileSync(file, messages.map((message, index) => `${JSON.stringify(payloadOf(message, index))}\n`).join(''))
  const program = start(t, entry('client'), ['tasks', 'map', 'command', '--each', file, '--batch', 'restarted'], {
    RETIRE_CLUSTER_API_URL: cluster.url,
    XDG_CONFIG_HOME: '/nonexistent',
  })
  const { stdout, stderr } = program
  if (stdout === null || stderr === null) throw new Error('the streams of the child are piped')
  const code = new Promise<number | null>((resolve) => program.once('close', resolve))
  const printed = Promise.all([text(stdout), text(stderr)])

  const progress = async () => (await cluster.call<BatchProgress>('GET', '/api/v1/tasks/batch/restarted')).data
  const middle = await until('the batch is under way', async () => {
    const answer = await cluster.call<BatchProgress>('GET', '/api/v1/tasks/batch/restarted')
    return answer.status === 200 && answer.data.completed >= 50 ? answer.data : undefined
  })
  t.ok(middle.completed < ITEMS, `killed after ${middle.completed} of ${ITEMS}`)
  await cluster.killServer()
  gate.open()

  const [out, said] = await printed
  t.equal(await code, 0, said)
  const tasks = out.trimEnd().split('\n').map((line) => JSON.parse(line) as Task) // prettier-ignore
  t.strictSame(
    tasks.map(({ result }) => result?.output),
    messages,
    'all results, in order',
  )
  t.match(await progress(), { total: ITEMS, completed: ITEMS, failed: 0, cancelled: 0 }, 'nothing was submitted twice')
})
