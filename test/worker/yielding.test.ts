/** Programs that yield to others from their first instruction on. */
import { closeSync, existsSync, openSync, readdirSync, readSync, writeFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { HEAD_BYTES, loaderOf } from '../../src/worker/executors/elf.ts'
import { executorWorld } from './executor-world.ts'
import { execution, temporaryDirectory, until } from './world.ts'

const isWindows = process.platform === 'win32'

const node = (script: string) => ({ command: [process.execPath, '-e', script] })

const headOf = (path: string): Buffer => {
  const file = openSync(path, 'r')
  const head = Buffer.alloc(HEAD_BYTES)
  readSync(file, head)
  closeSync(file)
  return head
}

void t.test('a program yields as much as the worker is told, and what it starts with it', async (t) => {
  const script =
    "const { spawnSync } = require('child_process'); const ask = 'require(`os`).getPriority()'; console.log(eval(ask), `${spawnSync(process.execPath, ['-p', ask]).stdout}`.trim())"
  const own = getPriority()
  const plain = executorWorld(t, { allow: ['command'] })
  t.match(await plain.run('command', node(script), execution().context), { result: { output: `${own} ${own}\n` } })
  const yielding = executorWorld(t, { allow: ['command'], niceness: 10 })
  t.match(await yielding.run('command', node(script), execution().context), { result: { output: '10 10\n' } })
})

void t.test('what a program begins with yields too', { skip: isWindows }, async (t) => {
  // Threads keep the priority that they began with, and Node has some before its first line.
  const script = `
    const { readdirSync, readFileSync } = require('fs')
    const threads = readdirSync('/proc/self/task').map((id) => readFileSync('/proc/self/task/' + id + '/stat', 'latin1'))
    console.log(JSON.stringify([...new Set(threads.map((stat) => stat.slice(stat.lastIndexOf(')')).split(' ')[17]))]))`
  const { run } = executorWorld(t, { allow: ['command'], niceness: 10 })
  for (let time = 0; time < 5; time += 1)
    t.match(await run('command', node(script), execution().context), { result: { output: '["10"]\n' } })
})

void t.test('a program that is to yield is found, and refused, as any other', async (t) => {
  const { run } = executorWorld(t, { allow: ['command'], niceness: 10 })
  const { context } = execution()
  t.match(await run('command', { command: ['no-such-program'] }, context), {
    outcome: 'rejected',
    error: { message: 'no-such-program cannot be started' },
  })
  const directory = temporaryDirectory(t)
  const [script, between] = [join(directory, 'script'), join(directory, 'between')]
  writeFileSync(between, '#!/no/such/interpreter -x\n', { mode: 0o755 })
  for (const first of ['/no/such/interpreter -x', between]) {
    writeFileSync(script, `#! ${first}\n`, { mode: 0o755 })
    const end = await run('command', { command: [script] }, execution().context)
    t.match(end, { outcome: 'rejected', rejection: 'program' }, first)
  }
  writeFileSync(script, '#!/bin/sh\nnice\n')
  t.match(await run('command', { command: [script] }, execution().context), { result: { output: '10\n' } })
  const elsewhere = { ...node('console.log(require("os").getPriority())'), env: { PATH: '/nowhere' } }
  t.match(await run('command', elsewhere, execution().context), { result: { output: '10\n' } }, 'its PATH has no nice')
})

void t.test('nor is one for another C library lost', { skip: process.platform !== 'linux' }, async (t) => {
  const own = headOf(process.execPath)
  t.match(loaderOf(own), /^\/\S*ld\S*$/)
  // As long as the one that is there: the headers tell how long it is.
  const other = Buffer.from(
    own.toString('latin1').replace(loaderOf(own) ?? '', (loader) => loader.replace(/ld/, 'no')),
    'latin1',
  )
  t.match(loaderOf(other), /^\/\S*no\S*$/)
  const program = join(temporaryDirectory(t), 'program')
  writeFileSync(program, other, { mode: 0o755 })
  for (const niceness of [undefined, 10]) {
    const { run } = executorWorld(t, { allow: ['command'], niceness })
    const end = await run('command', { command: [program] }, execution().context)
    t.match(end, { outcome: 'rejected', rejection: 'program' }, `${niceness}`)
  }
  for (const odd of [
    own.subarray(0, 60),
    own.subarray(0, 100),
    Buffer.concat([own.subarray(0, 5), Buffer.alloc(4000)]),
  ])
    t.equal(loaderOf(odd), undefined)
})

void t.test('one that is told to end while its program is looked for does not start it', async (t) => {
  const { run, workDirectory } = executorWorld(t, { allow: ['command'], niceness: 10 })
  const { context, end } = execution()
  const directories = Array.from({ length: 5000 }, (_, index) => `/nowhere/${index}`)
  const running = run('command', { command: ['true'], env: { PATH: [...directories, '/bin'].join(':') } }, context)
  await until('it has its directory', () => existsSync(workDirectory) && readdirSync(workDirectory).length > 0)
  end.abort('cancelled')
  t.match(await running, { outcome: 'interrupted', result: null })
})
