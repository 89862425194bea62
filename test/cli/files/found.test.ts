import t from 'tap'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findFiles } from '../../../src/cli/client/files/found.ts'
import { UsageError } from '../../../src/cli/failure.ts'
import { temporaryDirectory } from '../programs.ts'

const treeOf = (t: Parameters<typeof temporaryDirectory>[0], ...names: readonly string[]) => {
  const root = temporaryDirectory(t)
  for (const name of names) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), '')
  }
  return root
}

void t.test('patterns mean files as a shell has it', async (t) => {
  const root = treeOf(
    t,
    'a.jpg',
    'b.jpg',
    'c.png',
    'd(1).jpg',
    '.hidden.jpg',
    'sub/e.jpg',
    'sub/deep/f.jpg',
    '.git/g.jpg',
  )
  const named = async (pattern: string) => (await findFiles([join(root, pattern)])).map(({ name }) => name)
  t.strictSame(await named('*.jpg'), ['a.jpg', 'b.jpg', 'd(1).jpg'])
  t.strictSame(await named('?.jpg'), ['a.jpg', 'b.jpg'])
  t.strictSame(await named('[a-b].*'), ['a.jpg', 'b.jpg'])
  t.strictSame(await named('[!a-b].*'), ['c.png'])
  t.strictSame(await named('*.{png,jpg}'), ['c.png', 'a.jpg', 'b.jpg', 'd(1).jpg'])
  t.strictSame(await named('{a,c}.{png,jpg}'), ['a.jpg', 'c.png'], 'braces need no asterisk')
  t.strictSame(await named('.*.jpg'), ['.hidden.jpg'])
  t.strictSame(await named('**/*.jpg'), ['a.jpg', 'b.jpg', 'd(1).jpg', 'sub/e.jpg', 'sub/deep/f.jpg'])
  t.strictSame(await named('*/*.jpg'), ['sub/e.jpg'])
  t.strictSame(await named('sub/**/*.jpg'), ['e.jpg', 'deep/f.jpg'], 'below the part that is no pattern')
  t.strictSame(await named('d(1).jpg'), ['d(1).jpg'])
})

void t.test('a file may be called like a pattern', async (t) => {
  const root = treeOf(t, 'a*.txt', 'ab.txt', '[x].txt')
  t.strictSame(
    (await findFiles([join(root, 'a*.txt'), join(root, '[x].txt')])).map(({ name }) => name),
    ['a*.txt', '[x].txt'],
  )
})

void t.test('each file once, and links to files, but through no link to a directory', async (t) => {
  const root = treeOf(t, 'a.txt', 'sub/b.txt')
  symlinkSync('a.txt', join(root, 'link.txt'))
  symlinkSync('nowhere', join(root, 'dangling.txt'))
  symlinkSync('..', join(root, 'sub', 'round'))
  const names = (await findFiles([join(root, '**', '*.txt'), join(root, 'a.txt')])).map(({ name }) => name)
  t.strictSame(names.toSorted(), ['a.txt', 'link.txt', 'sub/b.txt'])
})

void t.test('what names no file is refused', async (t) => {
  const root = treeOf(t, 'a.txt', 'sub/b.txt')
  const refused = (written: string, why: RegExp) =>
    t.rejects(findFiles([join(root, written)]), { name: new UsageError('').name, message: why })
  await refused('none.txt', /There is no file/)
  await refused('*.jpg', /There is no file/)
  await refused('a.txt/*', /There is no file/)
  await refused(`${'long'.repeat(100)}.txt`, /There is no file/)
  await refused('sub', /is a directory; name its files/)
  await refused('[z-a].txt', /is no pattern/)
})
