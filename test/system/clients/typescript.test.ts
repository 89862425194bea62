import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startCluster } from '../../start-cluster.ts'
import { openPage } from '../browser.ts'
import { pack } from '../worker/packed.ts'
import { installed, root, strictest, toEnd } from './generated.ts'

const KEY = 'key-of-the-sdk'

/** The package as it would be published, unpacked where a project of its own finds it. */
const publish = async (directory: string) => {
  const tarball = await pack(directory)
  const modules = join(directory, 'node_modules/retire-cluster')
  await toEnd('mkdir', ['-p', modules], directory)
  await toEnd('tar', ['-xzf', tarball, '-C', modules, '--strip-components=1'], directory)
  return join(directory, tarball)
}

const program = `
import { ClusterClient, isApiError, type Task } from 'retire-cluster/client'

const client = new ClusterClient(process.argv[2], { apiKey: '${KEY}' })
const task = await client.tasks.submit('echo', { message: 'typed', repeat: 2 }, { priority: 'high' })
// @ts-expect-error: the payload of a built-in type is checked
const wrong = () => client.tasks.submit('echo', { massage: 'typed' })
// @ts-expect-error: so is what may stand beside it
const wronger = () => client.tasks.submit('echo', {}, { priority: 'soon' })
const done = await task.wait()
const status: 'pending' | 'running' | 'completed' | 'failed' | 'cancelled' = done.status
const tasks: Task[] = await client.tasks.map('echo', [{ message: 'a' }, { message: 'b' }])
let first: string | undefined
for await (const event of client.monitor.stream(['tasks'], { lastEventId: '0.0' })) {
  first = event.type
  break
}
const code = await client.tasks.get('task-none').then(
  () => undefined,
  (error: unknown) => (isApiError(error) ? error.code : 'no error of the API'),
)
console.log(
  JSON.stringify({
    output: done.result?.output,
    status,
    mapped: tasks.map(({ result }) => result?.output),
    first,
    code,
    unused: [typeof wrong, typeof wronger],
  }),
)
`

/** Runs in the page; a string, as the types of the DOM would be those of the whole project otherwise. */
const onPage = `(async () => {
  const { ClusterClient } = await import('/sdk/index.js')
  const client = new ClusterClient(location.origin, { apiKey: '${KEY}' })
  const streamed = (async () => {
    for await (const event of client.monitor.stream(['tasks'])) if (event.type === 'task_completed') return event.id
  })()
  const poke = setInterval(() => void client.tasks.submit('echo', { message: 'poke' }), 100)
  const id = await streamed
  clearInterval(poke)
  const task = await client.tasks.submit('echo', { message: 'from a page' })
  return { output: (await task.wait()).result.output, id }
})()`

void t.test('the published client', async (t) => {
  const directory = t.testdir({ 'package.json': '{"type":"module"}', 'tsconfig.json': JSON.stringify(strictest) })
  const tarball = await publish(directory)
  const cluster = await startCluster(t, { workers: 1, key: KEY, workerArgs: ['--allow', 'command'] })

  await t.test('passes publint and attw', async (t) => {
    t.match(await toEnd(installed('publint'), [tarball, '--strict'], directory), /All good/)
    // The package is ESM alone: what CommonJS of before Node 20.17 makes of it is not looked at.
    await toEnd(installed('attw'), [tarball, '--profile', 'esm-only'], directory)
  })

  await t.test('compiles under the strictest settings, and works', async (t) => {
    writeFileSync(join(directory, 'program.ts'), program)
    await toEnd(installed('tsc'), ['-p', directory], directory)
    const said = await toEnd(process.execPath, [join(directory, 'program.ts'), cluster.url], directory)
    t.same(JSON.parse(said), {
      output: 'typed\ntyped',
      status: 'completed',
      mapped: ['a', 'b'],
      first: 'stream_reset',
      code: 'TASK_NOT_FOUND',
      unused: ['function', 'function'],
    })
  })

  await t.test('is what its page in the docs says, program by program', async (t) => {
    const page = readFileSync(join(root, 'docs/clients/typescript.md'), 'utf8')
    const [preamble = '', ...programs] = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code)
    t.ok(programs.length >= 6)
    const here = preamble.replace('http://localhost:8081', cluster.url).replace('your-key', KEY)
    const fileOf = (index: number) => join(directory, `program-${index + 1}.ts`)
    for (const [index, code] of programs.entries()) writeFileSync(fileOf(index), here + code)
    await toEnd(installed('tsc'), ['-p', directory], directory)
    for (const [index, code] of programs.entries()) {
      const said = await toEnd(process.execPath, [fileOf(index)], directory)
      if (!code.includes("status: 'failed'")) t.ok(said.trim(), `program ${index + 1} prints something`)
      if (code.includes("message: 'Hello'")) t.equal(said, 'Hello\n')
      if (code.includes('.map(')) t.match(said, "[ 'one', 'two', 'three' ]")
      if (code.includes('ecko')) t.match(said, /^echo /)
    }
  })

  await t.test('runs in a browser, with nothing but fetch', async (t) => {
    const { page, faults } = await openPage(t, { width: 800, height: 600 })
    const client = join(directory, 'node_modules/retire-cluster/dist/src/client')
    await page.route('**/sdk/**', (route) => {
      const [, path = ''] = new URL(route.request().url()).pathname.split('/sdk/')
      return route.fulfill({ contentType: 'text/javascript', body: readFileSync(join(client, path), 'utf8') })
    })
    // A page whose policy allows scripts of its own origin.
    await page.goto(`${cluster.url}/docs`)
    t.match(await page.evaluate(onPage), { output: 'from a page', id: /^\d+\.\d+$/ })
    t.same(faults, [])
  })
})
