import t from 'tap'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { BatchProgress, Task } from '../../../schemas/index.ts'
import { entry, start, temporaryDirectory } from '../../cli/programs.ts'
import { startCluster, until } from '../../start-cluster.ts'

const ITEMS = 1000

void t.test('a kill -9 of the server in the middle of tasks map changes nothing but time', async (t) => {
  const cluster = await startCluster(t, { workers: 4, args: ['--no-rate-limit'], workerArgs: ['--slots', '2'] })
  const messages = Array.from({ length: ITEMS }, (_, index) => `message ${index}`)
  const file = join(temporaryDirectory(t), 'each.jsonl')
  writeFileSync(file, messages.map((message) => `${JSON.stringify({ message })}\n`).join(''))
  const program = start(t, entry('client'), ['tasks', 'map', 'echo', '--each', file, '--batch', 'restarted'], {
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
