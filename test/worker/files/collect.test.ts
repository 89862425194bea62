import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Value } from '@sinclair/typebox/value'
import { FileName } from '../../../schemas/artifact.ts'
import { collect } from '../../../src/worker/files/collect.ts'
import { openSpool } from '../../../src/worker/files/spool.ts'
import { attemptName } from '../../../src/worker/attempts.ts'
import { keptLog, type Owner, ref, temporaryDirectory } from '../world.ts'
import { hashed } from './file-node.ts'

const attempt = attemptName(ref())

const world = async (t: Owner) => {
  const dataDir = temporaryDirectory(t)
  const directory = join(dataDir, 'work')
  mkdirSync(directory)
  const spool = await openSpool(join(dataDir, 'outputs'), [], keptLog())
  const take = (...outputs: string[]) => collect({ attempt, directory, outputs }, spool)
  return { dataDir, directory, spool, take, spooled: () => readdirSync(join(dataDir, 'outputs')) }
}

void t.test('outputs are moved into the spool, by what they contain, in the order of their names', async (t) => {
  const { directory, take, spool } = await world(t)
  mkdirSync(join(directory, 'deep/er'), { recursive: true })
  writeFileSync(join(directory, 'deep/er/b.txt'), 'b', { mode: 0o444 })
  writeFileSync(join(directory, 'a.txt'), 'aa')
  writeFileSync(join(directory, 'same'), 'aa')
  t.strictSame(await take('deep/er/b.txt', 'a.txt', 'same'), [
    { name: 'deep/er/b.txt', sha256: hashed('b'), bytes: 1 },
    { name: 'a.txt', sha256: hashed('aa'), bytes: 2 },
    { name: 'same', sha256: hashed('aa'), bytes: 2 },
  ])
  const path = spool.pathOf(ref(), hashed('b'))
  t.equal(readFileSync(path, 'utf8'), 'b')
  t.equal(statSync(path).mode & 0o777, 0o600)
})

void t.test('of a task that leaves nothing nothing is kept', async (t) => {
  const { take, spooled } = await world(t)
  t.strictSame(await take(), [])
  t.strictSame(spooled(), [])
})

void t.test('what is not there is named, and nothing of the others is kept', async (t) => {
  const { directory, take, spooled } = await world(t)
  writeFileSync(join(directory, 'there'), 'x')
  await t.rejects(take('there', 'not there'), {
    code: 'TASK_OUTPUT_MISSING',
    message: 'The task has left no file not there.',
  })
  await t.rejects(take('there/below'), { code: 'TASK_OUTPUT_MISSING' }, 'a file is no directory')
  t.strictSame(spooled(), [])
})

void t.test(
  'nothing but a regular file is taken, at no level through a link',
  { skip: process.platform === 'win32' && 'links need rights there' },
  async (t) => {
    const { dataDir, directory, take, spooled } = await world(t)
    const outside = join(dataDir, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'secret'), 'secret')
    symlinkSync(join(outside, 'secret'), join(directory, 'link'))
    symlinkSync(outside, join(directory, 'linked'))
    symlinkSync('nowhere', join(directory, 'broken'))
    mkdirSync(join(directory, 'directory'))
    execFileSync('mkfifo', [join(directory, 'pipe')])
    for (const [name, why] of [
      ['link', 'it is a symbolic link'],
      ['broken', 'it is a symbolic link'],
      ['linked/secret', 'linked is a symbolic link'],
      ['linked', 'it is a symbolic link'],
      ['directory', 'it is a directory'],
      ['pipe', 'it is no regular file'],
    ] as const) {
      await t.rejects(take(name), { code: 'TASK_ERROR', message: `The output ${name} cannot be taken: ${why}.` })
    }
    t.strictSame(spooled(), [])
    t.equal(readFileSync(join(outside, 'secret'), 'utf8'), 'secret')
  },
)

void t.test('no name of the contract leads out of the directory', (t) => {
  for (const name of [
    '../x',
    'a/../../x',
    '/etc/passwd',
    'a//b',
    './a',
    'a/.',
    '..',
    '.',
    '',
    'a\nb',
    'a\0b',
    'a\\..\\b',
    'C:\\x',
  ]) {
    t.notOk(Value.Check(FileName, name), JSON.stringify(name))
  }
  for (const name of ['a', '.hidden', '...', 'a/b/c', 'ü b.jpg']) t.ok(Value.Check(FileName, name), name)
  t.end()
})

void t.test('at its start the spool keeps what belongs to an end that waits, and nothing else', async (t) => {
  const { dataDir, directory, take } = await world(t)
  writeFileSync(join(directory, 'a'), 'a')
  await take('a')
  const outputs = join(dataDir, 'outputs')
  mkdirSync(join(outputs, 'task-z.1.1'))
  await openSpool(outputs, [ref()], keptLog())
  t.strictSame(readdirSync(outputs), [attempt])
  const spool = await openSpool(outputs, [], keptLog())
  t.notOk(existsSync(spool.pathOf(ref(), hashed('a'))))
})
