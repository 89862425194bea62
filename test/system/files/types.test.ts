import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startCluster } from '../../start-cluster.ts'
import { leftBy, store } from './world.ts'

const TYPES = `
import { readFileSync, writeFileSync } from 'node:fs'
export default {
  shout: {
    schema: { type: 'object', additionalProperties: false },
    run: () => { writeFileSync('loud', readFileSync('text', 'utf8').toUpperCase()) },
  },
}`

void t.test('a function of Python, and a type of the owner’s own, take and leave files', async (t) => {
  const file = join(t.testdir(), 'types.mjs')
  writeFileSync(file, TYPES)
  const cluster = await startCluster(t, { workers: 1, workerArgs: ['--allow', 'python', '--tasks', file] })
  const inputs = [{ name: 'text', sha256: await store(cluster, 'a line\n') }]
  const source =
    'def count():\n    with open("text") as text, open("counts/words", "w") as counts:\n        counts.write(str(len(text.read().split())))\n'
  for (const [submission, left] of [
    [
      {
        task_type: 'python',
        payload: { source: `import os\nos.mkdir("counts")\n${source}`, function: 'count' },
        outputs: ['counts/words'],
      },
      { 'counts/words': '2' },
    ],
    [{ task_type: 'shout', payload: {}, outputs: ['loud'] }, { loud: 'A LINE\n' }],
  ] as const) {
    const { task_id } = await cluster.submit({ ...submission, inputs })
    const task = await cluster.task(task_id, 30)
    t.match(task, { status: 'completed' }, submission.task_type)
    t.strictSame(await leftBy(cluster, task), left)
  }
})
