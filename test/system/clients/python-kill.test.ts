import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type RunningCluster, startCluster } from '../../start-cluster.ts'
import { toEnd } from './generated.ts'
import { pythonEnvironment } from './python-environment.ts'

const KEY = 'key-of-the-python-client'
const PROGRAM = join(import.meta.dirname, 'outlives_kill.py')

type Report = {
  readonly repeated: number
  readonly created: string[]
  readonly sent: string[]
  readonly total: number
  readonly mapped: string[]
}

/** Runs the program, and kills the server as often as it says so. Resolves with the last line that it prints. */
const outlives = (t: Test, python: string, half: string, cluster: RunningCluster) =>
  new Promise<Report>((resolve, reject) => {
    const program = spawn(python, [PROGRAM, half, cluster.url, KEY])
    t.teardown(() => program.kill('SIGKILL'))
    let errors = ''
    let last = ''
    program.stderr.on('data', (piece: Buffer) => (errors += piece.toString()))
    createInterface(program.stdout).on('line', (line) => {
      last = line
      if (line === 'kill') cluster.killServer().catch(reject)
    })
    program.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(last) as Report)
      else reject(new Error(errors))
    })
  })

void t.test('the Python client', async (t) => {
  const directory = t.testdir()
  const { bin } = await pythonEnvironment(directory)
  await toEnd(bin('mypy'), ['--strict', PROGRAM], directory)
  for (const half of ['sync', 'async'])
    await t.test(`(${half}) outlives a kill -9 of the server, without a gap or a repeat`, async (t) => {
      const cluster = await startCluster(t, { key: KEY, args: ['--no-rate-limit'] })
      const { repeated, created, sent, total, mapped } = await outlives(t, bin('python'), half, cluster)
      t.equal(repeated, 0, 'no event came twice')
      t.same(created, sent, 'each submission was told of, once, in its order')
      t.equal(total, 40, 'no submission was doubled by the kill')
      t.same(mapped, [...Array(1500).keys()].map(String), 'a map over another kill has all its ends, in order')
    })
})
