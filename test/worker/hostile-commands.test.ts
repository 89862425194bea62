import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { attemptName } from '../../src/worker/attempts.ts'
import { executorWorld } from './executor-world.ts'
import { execution, ref } from './world.ts'

/** Prints its arguments as JSON. */
const TELL = 'console.log(JSON.stringify(process.argv.slice(1)))'

/** What a shell would do something with. `CANARY` stands for a file that it would make. */
const metacharacters = [
  '; touch CANARY',
  '& touch CANARY',
  '&& touch CANARY',
  '|| touch CANARY',
  '| touch CANARY',
  '$(touch CANARY)',
  '`touch CANARY`',
  '\n touch CANARY',
  '\r\n touch CANARY',
  '> CANARY',
  '>> CANARY',
  '2> CANARY',
  '< /etc/passwd',
  '<(touch CANARY)',
  '$HOME',
  '${IFS}touch${IFS}CANARY',
  '%PATH%',
  '!!',
  '*',
  '~',
  '{a,b}',
  "'; touch CANARY; '",
  '"; touch CANARY; "',
  '\\"; touch CANARY; \\"',
  '--; touch CANARY',
  '# comment',
  '$((1+1))',
  '\u0008; touch CANARY',
] as const

void t.test('no argument of a command reaches a shell', async (t) => {
  const { run, dataDir } = executorWorld(t)
  const canary = join(dataDir, 'canary')
  const args = metacharacters.map((text) => text.replaceAll('CANARY', canary))
  const command = [process.execPath, '-e', TELL, '--', ...args]
  const end = await run('command', { command }, execution().context)
  t.strictSame(JSON.parse(end.result?.output ?? ''), args, 'each comes as it was given')
  for (const text of args) {
    t.match(
      await run('command', { command: [`${process.execPath} ${text}`] }, execution().context),
      { outcome: 'rejected', error: { code: 'TASK_REJECTED' } },
      encodeURI(text),
    )
  }
  t.equal(existsSync(canary), false)
  t.strictSame(readdirSync(dataDir), ['work'])
})

void t.test('no line for a shell runs where the owner did not allow it', async (t) => {
  const { run, dataDir } = executorWorld(t)
  const canary = join(dataDir, 'canary')
  const line = `echo > ${canary}`
  for (const payload of [
    { command: line, shell: true },
    { command: line, shell: false },
    { command: line },
    { command: [line], shell: true },
    { command: [line] },
    { command: line, shell: 'true' },
    { command: line, shell: 1 },
    { command: { 0: line, length: 1 }, shell: true },
    { command: [['sh', '-c', line]] },
  ]) {
    const { outcome } = await run('command', payload, execution().context)
    t.ok(outcome === 'rejected' || outcome === 'failed', JSON.stringify(payload))
  }
  t.equal(existsSync(canary), false)
})

void t.test('no text of a payload is a path outside of the directory of its task', async (t) => {
  const { run, dataDir, workDirectory } = executorWorld(t)
  const canary = join(dataDir, 'canary')
  writeFileSync(canary, 'untouched')
  mkdirSync(workDirectory)
  writeFileSync(join(workDirectory, 'canary'), 'untouched')
  // All that the contract lets a task be called: no slash, but dots.
  for (const task_id of ['..', '.', '...', '-rf', '..-..', 'canary']) {
    const { context } = execution({ attempt: attemptName(ref(task_id)) })
    const script = 'require("node:fs").writeFileSync("made", "x"); console.log(process.cwd())'
    const end = await run('command', { command: [process.execPath, '-e', script] }, context)
    t.equal(end.result?.output.trim(), join(workDirectory, context.attempt), task_id)
    t.strictSame(readdirSync(workDirectory), ['canary'])
  }
  t.strictSame(readdirSync(dataDir).sort(), ['canary', 'work'])
  for (const file of [canary, join(workDirectory, 'canary')]) t.equal(readFileSync(file, 'utf8'), 'untouched')
})

void t.test(
  'what a task leaves in its directory cannot make the worker touch anything else',
  { skip: process.platform === 'win32' },
  async (t) => {
    const { run, dataDir, workDirectory } = executorWorld(t)
    const outside = join(dataDir, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'canary'), 'untouched')
    const script = `
    const fs = require('node:fs')
    fs.symlinkSync(${JSON.stringify(outside)}, 'link')
    fs.symlinkSync('/', 'root')
    fs.mkdirSync('deep/closed', { recursive: true, mode: 0o500 })
    fs.mkdirSync(' -rf *')`
    const end = await run('command', { command: [process.execPath, '-e', script] }, execution().context)
    t.match(end, { outcome: 'completed' })
    t.strictSame(readdirSync(workDirectory), [])
    t.equal(readFileSync(join(outside, 'canary'), 'utf8'), 'untouched')
  },
)
