import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { DeviceList, TaskDetail } from '../../../schemas/index.ts'
import { startCluster, until } from '../../start-cluster.ts'
import { root } from '../clients/generated.ts'
import { commandLinesOf } from './page.ts'
import { makeShell } from './shell.ts'

/** The lines of the README. `npm ci` is what has installed this. */
const [install, start, submit = '', devices = '', demo = '', safely = '', ...more] = commandLinesOf('README.md')

/** Where the links and pictures of a page lead. */
const linksOf = (path: string): readonly string[] =>
  [...readFileSync(join(root, path), 'utf8').matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link)

void t.test('the two READMEs tell to run the same, and lead to the same pages, all of which are there', (t) => {
  const links = linksOf('README.md').filter((link) => link !== 'README.zh-CN.md')
  t.strictSame(
    linksOf('README.zh-CN.md').filter((link) => link !== 'README.md'),
    links,
  )
  for (const link of links.filter((one) => !one.includes('://'))) t.ok(existsSync(join(root, link)), link)
  t.equal(install, 'npm ci')
  t.strictSame(commandLinesOf('README.zh-CN.md'), [install, start, submit, devices, demo, safely])
  t.strictSame(more, [])
  t.end()
})

void t.test('the README works as it stands: a cluster by one command, and its first task', async (t) => {
  t.equal(start, 'npm start')
  const { run, serve } = makeShell(t)
  const { port, said, stop } = await serve('npm start')
  t.match(said(), 'To add a device, paste this into its terminal')
  const ask = async (line: string) =>
    (JSON.parse(await run(line.replace('localhost:8081', `localhost:${port}`))) as { data: unknown }).data
  const list = await until('the worker of this machine has joined', async () => {
    const { online, ...rest } = (await ask(devices)) as DeviceList
    return online === 1 ? rest : undefined
  })
  t.ok((list.devices[0]?.resources.cpu_cores ?? 0) > 0, 'with its true figures')
  const { task } = (await ask(submit)) as { task: TaskDetail }
  t.match(task, { status: 'completed', result: { output: 'Hello World' } })
  t.equal(await stop(), 0)
})

void t.test('the demo works as it stands, on devices that allow javascript', async (t) => {
  const { url } = await startCluster(t, { workers: 2, workerArgs: ['--allow', 'javascript'] })
  const { home, run } = makeShell(t, { RETIRE_CLUSTER_API_URL: url })
  const file = join(home, 'demo.png')
  t.match(await run(`${demo} --file ${file}`), /worker-1 +\d+ +[\d.]+%/)
  t.equal(readFileSync(file).toString('latin1', 1, 4), 'PNG')
})

void t.test('served safely, it speaks https, and shows its first key once', async (t) => {
  const { serve } = makeShell(t)
  // The tests listen on this machine alone.
  const here = safely.replace('0.0.0.0', '127.0.0.1')
  const first = await serve(here)
  t.match(first.said(), /API +https:\/\//)
  t.match(first.said(), /rck_\w+/)
  t.equal(await first.stop(), 0)
  const again = await serve(here)
  t.notMatch(again.said(), /rck_\w+/)
  t.equal(await again.stop(), 0)
})
