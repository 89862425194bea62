import t from 'tap'
import { tarEnd, tarHeader, tarPadding } from '../../src/archive/tar.ts'
import { filesOf } from './untar.ts'

const archiveOf = (files: Readonly<Record<string, string>>) =>
  Buffer.concat([
    ...Object.entries(files).flatMap(([path, text]) => {
      const content = Buffer.from(text)
      return [
        tarHeader({ path, size: content.length, mtimeSeconds: 1_795_521_600 }),
        content,
        tarPadding(content.length),
      ]
    }),
    tarEnd,
  ])

void t.test('every file comes out by its whole path, however long it is and whatever letters it has', (t) => {
  const paths = [
    'a',
    'n'.repeat(100),
    'n'.repeat(101),
    `${'d'.repeat(90)}/${'e'.repeat(60)}/file`,
    `${'d'.repeat(156)}/file`,
    'task-abc123/Grüße aus 北京.txt',
    ...[83, 84, 85, 86, 87, 88, 89, 90, 91, 92].map((length) => `${'é'.repeat(length)}.jpg`),
    ...[979, 980, 981, 982, 983].map((length) => 'm'.repeat(length)),
  ]
  const files = Object.fromEntries(paths.map((path, index) => [path, 'x'.repeat(index * 100)]))
  const found = filesOf(archiveOf(files))
  t.strictSame(
    found.map(({ path, content }) => [path, content.toString()]),
    Object.entries(files),
  )
  t.ok(found.every(({ mtimeSeconds }) => mtimeSeconds === 1_795_521_600))
  t.end()
})

void t.test('an extended header stands only before what needs one', (t) => {
  t.equal(tarHeader({ path: 'a/b', size: 8 ** 11 - 1, mtimeSeconds: 0 }).length, 512)
  const large = tarHeader({ path: 'a/b', size: 8 ** 11, mtimeSeconds: 0 })
  t.equal(large.length, 3 * 512)
  t.match(large.toString('latin1', 512), /^19 size=8589934592\n/)
  t.end()
})

void t.test('an archive without files is two empty blocks', (t) => {
  t.strictSame(filesOf(tarEnd), [])
  t.equal(tarPadding(512).length, 0)
  t.equal(tarPadding(513).length, 511)
  t.end()
})
