import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startCluster } from '../../start-cluster.ts'
import { document, installed, strictest, toEnd } from './generated.ts'

const program = `
import createClient from 'openapi-fetch'
import type { paths } from './schema.d.ts'

const client = createClient<paths>({ baseUrl: process.argv[2] ?? '' })
const submitted = await client.POST('/api/v1/tasks', {
  params: { query: { wait: 60 } },
  body: { task_type: 'echo', payload: { message: 'typed', repeat: 2 }, requirements: { min_cpu_cores: 1 } },
})
if (submitted.data === undefined) throw new Error(submitted.error.error.message)
const { task_id, task } = submitted.data.data
const output: string | undefined = task?.result?.output
const waited = await client.GET('/api/v1/tasks/{task_id}', { params: { path: { task_id }, query: { wait: 60 } } })
const status: 'pending' | 'running' | 'completed' | 'failed' | 'cancelled' | undefined = waited.data?.data.task.status
const listed = await client.GET('/api/v1/tasks', { params: { query: { status: 'completed', limit: 10 } } })
const sleeping = await client.POST('/api/v1/tasks', { body: { task_type: 'sleep', payload: { duration: 60 } } })
const cancelled = await client.DELETE('/api/v1/tasks/{task_id}', {
  params: { path: { task_id: sleeping.data?.data.task_id ?? '' } },
})
const missing = await client.GET('/api/v1/tasks/{task_id}', { params: { path: { task_id: 'task-none' } } })
console.log(
  JSON.stringify({
    output,
    status,
    total: listed.data?.data.total,
    cancelled: cancelled.data?.data.cancelled_task === sleeping.data?.data.task_id,
    code: missing.error?.error.code,
  }),
)
`

void t.test('a client of openapi-typescript and openapi-fetch compiles strictly, and works', async (t) => {
  const directory = t.testdir({ 'tsconfig.json': JSON.stringify(strictest) })
  await toEnd(installed('openapi-typescript'), [document, '-o', join(directory, 'schema.d.ts')], directory)
  writeFileSync(join(directory, 'client.ts'), program)
  await toEnd(installed('tsc'), ['-p', directory], directory)
  const cluster = await startCluster(t, { workers: 1 })
  const said = await toEnd(process.execPath, [join(directory, 'client.ts'), cluster.url], directory)
  t.same(JSON.parse(said), {
    output: 'typed\ntyped',
    status: 'completed',
    total: 1,
    cancelled: true,
    code: 'TASK_NOT_FOUND',
  })
})
