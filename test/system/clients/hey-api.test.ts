import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startCluster } from '../../start-cluster.ts'
import { document, installed, strictest, toEnd } from './generated.ts'

const program = `
import { cancelTask, getTask, listTasks, submitTask } from './client/index.ts'
import { client } from './client/client.gen.ts'

client.setConfig({ baseUrl: process.argv[2] ?? '' })
const submitted = await submitTask({
  query: { wait: 60 },
  body: { task_type: 'echo', payload: { message: 'typed', repeat: 2 } },
})
if (submitted.data === undefined) throw new Error(JSON.stringify(submitted.error))
const { task_id, task } = submitted.data.data
const waited = await getTask({ path: { task_id }, query: { wait: 60 } })
const listed = await listTasks({ query: { status: 'completed' } })
const sleeping = await submitTask({ body: { task_type: 'sleep', payload: { duration: 60 } } })
const other = sleeping.data?.data.task_id ?? ''
const cancelled = await cancelTask({ path: { task_id: other } })
console.log(
  JSON.stringify({
    output: task?.result?.output,
    status: waited.data?.data.task.status,
    total: listed.data?.data.total,
    cancelled: cancelled.data?.data.cancelled_task === other,
  }),
)
`

void t.test('a client of @hey-api/openapi-ts compiles strictly, and works', async (t) => {
  const directory = t.testdir({
    // All that is made from our document.
    'tsconfig.json': JSON.stringify({ ...strictest, files: ['client.ts'], references: [{ path: 'runtime.json' }] }),
    // The runtime that the generator copies beside it, which does not hold under two of the settings.
    'runtime.json': JSON.stringify({
      compilerOptions: {
        ...strictest.compilerOptions,
        noPropertyAccessFromIndexSignature: false,
        exactOptionalPropertyTypes: false,
        composite: true,
        noEmit: false,
        emitDeclarationOnly: true,
        outDir: 'types',
      },
      include: ['client/client', 'client/core'],
    }),
    'openapi-ts.config.mjs': `export default {
      input: ${JSON.stringify(document)},
      output: { path: 'client', module: { extension: '.ts' } },
      plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
    }`,
  })
  await toEnd(installed('openapi-ts'), ['-f', 'openapi-ts.config.mjs'], directory)
  writeFileSync(join(directory, 'client.ts'), program)
  await toEnd(installed('tsc'), ['-b', directory], directory)
  const cluster = await startCluster(t, { workers: 1 })
  const said = await toEnd(process.execPath, [join(directory, 'client.ts'), cluster.url], directory)
  t.same(JSON.parse(said.trim().split('\n').at(-1) ?? ''), {
    output: 'typed\ntyped',
    status: 'completed',
    total: 1,
    cancelled: true,
  })
})
