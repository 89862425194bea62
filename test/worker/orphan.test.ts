import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { entry, isAlive, killRead, temporaryDirectory } from '../cli/programs.ts'
import { until } from '../start-cluster.ts'
import { assemble, call, drop, forEver, i32, store } from './wasm/assemble.ts'

/** Starts a worker's sandbox below a process that is killed when it has begun to print; resolves when it has ended by itself. */
const outlive = async (t: Test, args: readonly string[], input: string, cwd = '.') => {
  const worker = spawn(
    process.execPath,
    [
      '-e',
      `const child = require('node:child_process').spawn(process.execPath, ${JSON.stringify([entry('worker'), ...args])}, {
        detached: true, stdio: ['pipe', 'pipe', 'ignore', 'pipe'] })
      child.stdin.end(${JSON.stringify(input)})
      child.stdout.once('data', () => console.log(child.pid))`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], cwd },
  )
  t.teardown(() => worker.kill('SIGKILL'))
  const pid = await new Promise<number>((resolve) => {
    worker.stdout.once('data', (text: Buffer) => resolve(Number(text)))
  })
  t.teardown(() => isAlive(pid) && killRead(pid))
  t.ok(isAlive(pid))
  worker.kill('SIGKILL')
  await until('the code has ended', () => Promise.resolve(!isAlive(pid) || undefined))
}

void t.test('code that goes on for ever ends by itself when its worker was killed', (t) =>
  outlive(t, ['javascript-sandbox'], JSON.stringify({ code: 'console.log("begun"); for (;;);', input: null })),
)

void t.test('so does a module', async (t) => {
  const directory = temporaryDirectory(t)
  const vector = [...store(0, i32(64)), ...store(4, i32(5))]
  const begin = [...vector, ...call('fd_write', i32(1), i32(0), i32(1), i32(16)), ...drop]
  writeFileSync(join(directory, 'm.wasm'), assemble({ data: { 64: 'begun' }, body: [...begin, ...forEver([])] }))
  await outlive(t, ['wasm-sandbox', JSON.stringify({ module: 'm.wasm', args: [], env: {} })], '', directory)
})
