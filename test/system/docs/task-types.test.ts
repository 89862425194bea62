import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { TaskDetail } from '../../../schemas/index.ts'
import { temporaryDirectory } from '../../cli/programs.ts'
import { startCluster } from '../../start-cluster.ts'
import { codeIn, commandLinesOf, sectionsOf } from './page.ts'
import { makeShell } from './shell.ts'

const PAGE = 'docs/task-types.md'

void t.test('the type of the page does what the page says', async (t) => {
  const own = sectionsOf(PAGE).find(({ heading }) => heading === 'Types of your own')
  if (own === undefined) throw new Error('the page has no such section')
  const file = join(temporaryDirectory(t), 'my-tasks.mjs')
  writeFileSync(file, codeIn(own, 'javascript'))
  const [worker = '', submit = ''] = commandLinesOf(PAGE).slice(-2)
  t.equal(worker, 'retire-cluster-worker --tasks ./my-tasks.mjs')
  const cluster = await startCluster(t, { workers: 1, workerArgs: ['--tasks', file] })
  const { run } = makeShell(t)
  const said = await run(submit.replace('retire-cluster', `retire-cluster --output json --api-url ${cluster.url}`))
  const { task_id } = JSON.parse(said) as TaskDetail
  t.match(await cluster.task(task_id), {
    status: 'completed',
    progress: 50,
    progress_message: '6 words',
    result: { value: JSON.parse(codeIn(own, 'json')) as object, output: 'the first one is to\n' },
  })
})
