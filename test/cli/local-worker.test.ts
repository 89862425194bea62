import t from 'tap'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { keepLocalWorker } from '../../src/cli/server/local-worker.ts'
import { temporaryDirectory } from './programs.ts'

type Test = Parameters<typeof temporaryDirectory>[0]

/** Keeps a worker that is a script of the test's own; it notes each of its starts in a file. */
const keep = (t: Test, script: string) => {
  const directory = temporaryDirectory(t)
  const program = join(directory, 'worker.mjs')
  const starts = join(directory, 'starts')
  writeFileSync(
    program,
    `import { appendFileSync } from 'node:fs'
     const note = (text) => appendFileSync(${JSON.stringify(starts)}, text + '\\n')
     note(JSON.stringify({ argv: process.argv.slice(2), token: process.env.RETIRE_CLUSTER_TOKEN, key: process.env.RETIRE_CLUSTER_API_KEY, path: process.env.PATH !== undefined }))
     ${script}`,
  )
  const warnings: string[] = []
  const worker = keepLocalWorker({
    program,
    dataDir: join(directory, 'data'),
    join: '127.0.0.1:1',
    token: 'tok',
    logLevel: 'info',
    environment: { ...process.env, RETIRE_CLUSTER_API_KEY: 'secret' },
    log: pino({ level: 'warn' }, { write: (line) => warnings.push(line) }),
  })
  t.teardown(() => worker.stop())
  // The file is there before its first line is.
  const lines = () => (existsSync(starts) ? readFileSync(starts, 'utf8').split('\n').slice(0, -1) : [])
  return { worker, lines, warnings }
}

const until = async (condition: () => boolean): Promise<void> => {
  const deadline = performance.now() + 20_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('not within 20 s')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const untilToldToStop = `process.once('disconnect', () => { note('told'); process.exit(0) })`

void t.test('it gets the token by a variable, and none of the variables of the server', async (t) => {
  const { worker, lines } = keep(t, untilToldToStop)
  await until(() => lines().length === 1)
  const [first = ''] = lines()
  t.match(JSON.parse(first), { token: 'tok', key: undefined, path: true })
  t.notMatch((JSON.parse(first) as { argv: string[] }).argv, ['tok'])
  t.match((JSON.parse(first) as { argv: string[] }).argv.slice(0, 3), ['--join', '127.0.0.1:1', '--data-dir'])
  await worker.stop()
  t.equal(lines()[1], 'told', 'it was asked, not killed')
})

void t.test('one that dies is started again', async (t) => {
  const { lines, warnings } = keep(t, 'process.exit(3)')
  await until(() => lines().length >= 2)
  t.match(warnings[0], /"exit_code":3.*local worker ended/)
})

void t.test('one that the node refused is not', async (t) => {
  const { worker, lines, warnings } = keep(t, `process.send('refused', () => process.exit(1))`)
  await until(() => warnings.length === 1)
  t.match(warnings[0], 'refused, and is not started again')
  await worker.stop()
  t.equal(lines().length, 1)
})

void t.test('one that dies while it is stopped stays ended', async (t) => {
  const { worker, lines } = keep(t, `process.once('disconnect', () => process.exit(5))`)
  await until(() => lines().length === 1)
  await worker.stop()
  await worker.stop()
  t.equal(lines().length, 1)
})
