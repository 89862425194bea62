import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { placesIn } from '../../../src/store/files/places.ts'
import { type FileTarget, filesIn, filesTo, moveFiles } from '../../../src/store/moving/files.ts'

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

const moving = async (
  { from, to }: { from: string; to: string },
  {
    told = () => undefined,
    through = (target) => target,
  }: {
    told?: (files: number) => void
    through?: (target: FileTarget) => FileTarget
  } = {},
) => moveFiles(filesIn(from), through(await filesTo(to)), told)

void t.test('all are there, as old as they were, and nothing else', async (t) => {
  const { from, to } = world(t, ['one', 'two', ''])
  writeFileSync(join(from, 'files', 'stray'), 'nobody knows it')
  writeFileSync(`${placeOf(from, 'one')}.part`, 'a beginning')
  const before = readdirSync(join(from, 'files')).sort()
  const told: number[] = []
  t.equal(await moving({ from, to }, { told: (files) => told.push(files) }), 3)
  t.strictSame(told, [1, 2, 3])
  for (const content of ['one', 'two', '']) {
    t.equal(readFileSync(placeOf(to, content), 'utf8'), content)
    t.equal(statSync(placeOf(to, content)).mtimeMs, LONG_AGO.getTime())
  }
  t.notOk(existsSync(join(to, 'files', 'stray')))
  t.notOk(existsSync(`${placeOf(to, 'one')}.part`))
  t.strictSame(readdirSync(join(from, 'files')).sort(), before)
})

void t.test('what was broken off goes on with those that are missing', async (t) => {
  const { from, to } = world(t, ['one', 'two', 'three'])
  let left = 1
  const breaking = (target: FileTarget): FileTarget => ({
    ...target,
    write: (writing) => ((left -= 1) < 0 ? Promise.reject(new Error('ordered by the test')) : target.write(writing)),
  })
  await t.rejects(moving({ from, to }, { through: breaking }), { message: 'ordered by the test' })
  let written = 0
  const counting = (target: FileTarget): FileTarget => ({
    ...target,
    write: (writing) => {
      written += 1
      return target.write(writing)
    },
  })
  t.equal(await moving({ from, to }, { through: counting }), 3)
  t.equal(written, 2)
})

void t.test('a file that is not what its name says is not taken over', async (t) => {
  const { from, to } = world(t, ['one'])
  writeFileSync(placeOf(from, 'one'), 'two')
  await t.rejects(moving({ from, to }), { name: 'MoveError', kind: 'unwritable', message: /its SHA-256 is/ })
  t.notOk(existsSync(placeOf(to, 'one')))
})

void t.test('a directory without files has none', async (t) => {
  const { from, to } = world(t, [])
  t.equal(await moving({ from, to }), 0)
  t.strictSame(readdirSync(from), [])
})
