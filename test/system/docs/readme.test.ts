import t from 'tap'
import type { DeviceList, TaskDetail } from '../../../schemas/index.ts'
import { until } from '../../start-cluster.ts'
import { commandLinesOf } from './page.ts'
import { makeShell } from './shell.ts'

/** The lines of the README. `npm ci` is what has installed this. */
const [install, start, submit = '', devices = '', ...more] = commandLinesOf('README.md')

void t.test('the two READMEs tell to run the same', (t) => {
  t.equal(install, 'npm ci')
  t.strictSame(commandLinesOf('README.zh-CN.md'), [install, start, submit, devices, ...more])
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
