import { readFileSync, readdirSync } from 'node:fs'
import t from 'tap'
import type { ExecutionContext } from '../../../src/worker/executors/execution.ts'
import { diskOf, filesWorld } from './files-world.ts'
import { executorWorld } from '../executor-world.ts'
import { assignment, execution, type Owner, ref } from '../world.ts'
import { hashed } from './file-node.ts'

/** Runs a script of Node as a command that takes and leaves files. */
const world = async (t: Owner) => {
  const files = await filesWorld(t)
  const { run, workDirectory } = executorWorld(t)
  const work = async (
    script: string,
    named: { inputs?: Readonly<Record<string, string>>; outputs?: string[] },
    more: Partial<ExecutionContext> = {},
  ) => {
    const inputs = Object.entries(named.inputs ?? {}).map(([name, text]) => ({ name, sha256: files.node.add(text) }))
    const prepared = await files.preparation.prepare(assignment({ inputs, outputs: named.outputs ?? [] }), files.signal)
    const command = [process.execPath, '-e', `const fs = require('node:fs'); ${script}`]
    const end = await run('command', { command }, execution({ files: prepared, ...more }).context)
    prepared.release()
    return end
  }
  return { ...files, workDirectory, work }
}

void t.test('a program finds its inputs where they are named, and what it leaves is taken from there', async (t) => {
  const { work, spool, workDirectory } = await world(t)
  const end = await work(
    "fs.mkdirSync('out'); fs.writeFileSync('out/both', fs.readFileSync('a.txt', 'utf8') + fs.readFileSync('in/b.txt', 'utf8'))",
    { inputs: { 'a.txt': 'first, ', 'in/b.txt': 'then second' }, outputs: ['out/both', 'a.txt'] },
  )
  t.match(end, { outcome: 'completed' })
  t.strictSame(end.result?.artifacts, [
    { name: 'out/both', sha256: hashed('first, then second'), bytes: 18 },
    { name: 'a.txt', sha256: hashed('first, '), bytes: 7 },
  ])
  t.equal(readFileSync(spool.pathOf(ref(), hashed('first, then second')), 'utf8'), 'first, then second')
  t.strictSame(readdirSync(workDirectory), [])
})

void t.test('what a program does to its inputs is seen by no other', async (t) => {
  const { work } = await world(t)
  const inputs = { 'a.txt': 'as it was' }
  await work("fs.appendFileSync('a.txt', ' before'); fs.truncateSync('a.txt', 3)", { inputs })
  t.match(await work("process.stdout.write(fs.readFileSync('a.txt', 'utf8'))", { inputs }), {
    result: { output: 'as it was' },
  })
})

void t.test(
  'an input may be a program',
  { skip: process.platform === 'win32' && 'no line says there who runs it' },
  async (t) => {
    const { work } = await world(t)
    const end = await work("process.stdout.write(require('node:child_process').execFileSync('./tool').toString())", {
      inputs: { tool: '#!/bin/sh\necho works\n' },
    })
    t.match(end, { outcome: 'completed', result: { output: 'works\n' } })
  },
)

void t.test('a task that leaves less than it named has failed, and says what it printed', async (t) => {
  const { work } = await world(t)
  t.match(await work("console.log('hm')", { outputs: ['small/photo.jpg'] }), {
    outcome: 'failed',
    error: { code: 'TASK_OUTPUT_MISSING', message: 'The task has left no file small/photo.jpg.' },
    result: { output: 'hm\n', exit_code: 0, artifacts: undefined },
  })
})

void t.test('of a program that failed nothing is taken, and its own failure stands', async (t) => {
  const { work } = await world(t)
  const end = await work("fs.writeFileSync('a', 'a'); process.exit(3)", { outputs: ['a'] })
  t.match(end, { outcome: 'failed', error: { code: 'TASK_EXIT_NONZERO' }, result: { artifacts: undefined } })
})

void t.test('inputs whose names cannot stand beside each other make the task fail', async (t) => {
  const { work, workDirectory } = await world(t)
  t.match(await work('', { inputs: { a: 'a file', 'a/b': 'below it' } }), {
    outcome: 'failed',
    error: { code: 'TASK_ERROR' },
  })
  t.strictSame(readdirSync(workDirectory), [])
})

void t.test('an attempt that is ended while its inputs are put in place runs nothing', async (t) => {
  const { work, workDirectory } = await world(t)
  const end = AbortSignal.abort('cancelled')
  t.match(await work('', { inputs: { a: 'a' } }, { signal: end }), { outcome: 'interrupted' })
  t.strictSame(readdirSync(workDirectory), [])
})

void t.test('the reserve of a small disk is a part of it, not all', async (t) => {
  const { node, inputs, signal } = await filesWorld(t, { disk: diskOf(1_000_000, 100_000) })
  await inputs.fetch([{ name: 'a', sha256: node.add('x'.repeat(40_000)) }], signal)
  t.pass('five percent are left, and no 64 MiB')
})
