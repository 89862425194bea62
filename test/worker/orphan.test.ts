import { spawn } from 'node:child_process'
import t from 'tap'
import { entry, isAlive } from '../cli/programs.ts'
import { until } from '../start-cluster.ts'

void t.test('code that goes on for ever ends by itself when its worker was killed', async (t) => {
  const worker = spawn(
    process.execPath,
    [
      '-e',
      `const child = require('node:child_process').spawn(process.execPath, [${JSON.stringify(entry('worker'))}, 'javascript-sandbox'], {
        detached: true, stdio: ['pipe', 'pipe', 'ignore', 'pipe'] })
      child.stdin.end(JSON.stringify({ code: 'console.log("begun"); for (;;);', input: null }))
      child.stdout.once('data', () => console.log(child.pid))`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  t.teardown(() => worker.kill('SIGKILL'))
  const pid = await new Promise<number>((resolve) => {
    worker.stdout.once('data', (text: Buffer) => resolve(Number(text)))
  })
  t.teardown(() => isAlive(pid) && process.kill(pid, 'SIGKILL'))
  t.ok(isAlive(pid))
  worker.kill('SIGKILL')
  await until('the code has ended', () => Promise.resolve(!isAlive(pid) || undefined))
})
