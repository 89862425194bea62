import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { placesIn } from '../../../src/store/files/places.ts'
import { lockDirectory } from '../../../src/store/lock.ts'
import { moveBeside } from '../../../src/store/moving/beside.ts'

const LONG_AGO = new Date('2026-01-02T03:04:05Z')

const placeOf = (dataDir: string, content: string) =>
  placesIn(join(dataDir, 'files')).whole(createHash('sha256').update(content).digest('hex'))

/** Two directories, and files of tasks in the first. */
const world = (t: Test, contents: readonly string[]) => {
  const directory = t.testdir({ from: {}, to: {} })
  const [from, to] = [join(directory, 'from'), join(directory, 'to')]
  for (const content of contents) {
    const path = placeOf(from, content)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    utimesSync(path, LONG_AGO, LONG_AGO)
  }
  return { from, to }
}

void t.test('files of tasks and secrets are copied, and what is there already stays', async (t) => {
  const { from, to } = world(t, ['one', 'two', ''])
  writeFileSync(join(from, 'join-token'), 'of before\n')
  writeFileSync(join(from, 'tls-key.pem'), 'key of before\n')
  chmodSync(join(from, 'join-token'), 0o600)
  writeFileSync(join(from, 'files', 'stray'), 'nobody knows it')
  writeFileSync(join(to, 'tls-key.pem'), 'key of its own\n')
  const told: number[] = []
  const names = ['join-token', 'cluster-token', 'tls-key.pem']
  t.equal(await moveBeside(from, to, names, (files) => told.push(files)), 3)
  t.strictSame(told, [1, 2, 3])
  for (const content of ['one', 'two', '']) {
    t.equal(readFileSync(placeOf(to, content), 'utf8'), content)
    t.equal(statSync(placeOf(to, content)).mtimeMs, LONG_AGO.getTime(), 'their age is that of before')
  }
  t.equal(readFileSync(join(to, 'join-token'), 'utf8'), 'of before\n')
  t.equal(statSync(join(to, 'join-token')).mode & 0o777, 0o600)
  t.equal(readFileSync(join(to, 'tls-key.pem'), 'utf8'), 'key of its own\n')
  t.notOk(existsSync(join(to, 'cluster-token')))
  t.notOk(existsSync(join(to, 'files', 'stray')))
  t.equal(await moveBeside(from, to, names, () => undefined), 3, 'again, it finds all of it there')
})

void t.test('a file that is not what its name says is not taken over', async (t) => {
  const { from, to } = world(t, ['one'])
  writeFileSync(placeOf(from, 'one'), 'two')
  await t.rejects(
    moveBeside(from, to, [], () => undefined),
    { name: 'MoveError', kind: 'unwritable', message: /its SHA-256 is/ },
  )
  t.notOk(existsSync(placeOf(to, 'one')))
})

void t.test('a directory in which a node runs is left alone', async (t) => {
  const { from, to } = world(t, ['one'])
  const lock = lockDirectory(from)
  await t.rejects(
    moveBeside(from, to, [], () => undefined),
    { name: 'DataDirectoryError', kind: 'taken' },
  )
  lock.release()
})
