import t from 'tap'
import {
  batchOf,
  checkCommand,
  planned,
  submissionOf,
  withoutNames,
  workOf,
} from '../../../src/cli/client/files/plan.ts'
import { partsOf } from '../../../src/cli/client/files/names.ts'
import { UsageError } from '../../../src/cli/failure.ts'

const found = (...names: readonly string[]) => names.map((name) => ({ path: `photos/${name}`, name }))
const outs = (names: readonly string[], how: Parameters<typeof planned>[1] = {}) =>
  planned(found(...names), how).map(({ out }) => out)
const jobOf = (name: string, out = name) => ({ path: name, name, out, sha256: 'ab'.repeat(32), bytes: 1 })

void t.test('the parts of a name', (t) => {
  t.strictSame(partsOf('photos/a.tar.gz'), { name: 'a.tar.gz', stem: 'a.tar', ext: 'gz' })
  t.strictSame(partsOf('.profile'), { name: '.profile', stem: '.profile', ext: '' })
  t.strictSame(partsOf('README'), { name: 'README', stem: 'README', ext: '' })
  t.end()
})

void t.test('what comes of files is called as they are, or as it is told, in their folders', (t) => {
  t.strictSame(outs(['a.heic', '2019/b.heic']), ['a.heic', '2019/b.heic'])
  t.strictSame(outs(['a.heic', '2019/b.heic'], { ext: 'jpg' }), ['a.jpg', '2019/b.jpg'])
  t.strictSame(outs(['2019/b.c.heic'], { template: '{stem}-small-{ext}.jpg' }), ['2019/b.c-small-heic.jpg'])
  t.strictSame(outs(['README'], { ext: 'txt' }), ['README.txt'])
  t.end()
})

void t.test('no name leads elsewhere, and no two files become the same', (t) => {
  t.throws(() => outs(['a.jpg'], { template: '../{name}' }), UsageError)
  t.throws(() => outs(['a.jpg'], { template: '/tmp/{name}' }), UsageError)
  t.throws(() => outs(['a\nb.jpg']), UsageError)
  t.throws(
    () => outs(['a.jpg', 'b.jpg'], { template: 'same.jpg' }),
    /photos\/a.jpg and photos\/b.jpg would both become/,
  )
  t.throws(() => outs(['a.JPG', 'A.jpg']), UsageError, 'nor where capitals are small letters')
  t.end()
})

void t.test('a command says where the file goes in and where the result comes out', (t) => {
  checkCommand(['magick', '{in}', '-resize', '1600', 'jpg:{out}'])
  t.throws(() => checkCommand([]), UsageError)
  t.throws(() => checkCommand(['magick', '{out}']), /\{in\}/)
  t.throws(() => checkCommand(['wc', '{in}']), /\{out\}/)
  t.end()
})

void t.test('a task takes the file by its name, beside what it leaves', (t) => {
  const argv = ['tool', '{in}', '--title={stem} ({ext})', '{other}', '{out}']
  t.strictSame(submissionOf(jobOf('2019/a b.png', '2019/a b.jpg'), argv, { priority: 'low' }), {
    task_type: 'command',
    payload: { command: ['tool', 'in/a b.png', '--title=a b (png)', '{other}', 'a b.jpg'] },
    inputs: [{ name: 'in/a b.png', sha256: 'ab'.repeat(32) }],
    outputs: ['a b.jpg'],
    metadata: { file: '2019/a b.png', out: '2019/a b.jpg' },
    priority: 'low',
  })
  t.end()
})

void t.test('what begins with a hyphen is no flag, and the directory of the file is no result', (t) => {
  const commandOf = (name: string) => submissionOf(jobOf(name), ['cp', '{in}', '{out}'], {}).payload
  t.strictSame(commandOf('-rf'), { command: ['cp', 'in/-rf', './-rf'] })
  t.strictSame(commandOf('in'), { command: ['cp', 'in/in', 'in_'] })
  t.end()
})

void t.test('the same work has the same name, and any other has another', (t) => {
  const batch = (argv: readonly string[], options = {}) => batchOf([submissionOf(jobOf('a'), argv, options)])
  t.equal(batch(['cp', '{in}', '{out}']), batch(['cp', '{in}', '{out}']))
  t.not(batch(['cp', '{in}', '{out}']), batch(['mv', '{in}', '{out}']))
  t.not(batch(['cp', '{in}', '{out}']), batch(['cp', '{in}', '{out}'], { priority: 'high' }))
  const work = (job = jobOf('a'), argv = ['cp', '{in}', '{out}']) => workOf(submissionOf(job, argv, {}))
  t.equal(work(), work())
  t.not(work(), work(jobOf('a'), ['mv', '{in}', '{out}']))
  t.not(work(), work(jobOf('a', 'b')))
  t.not(work(), work({ ...jobOf('a'), sha256: 'cd'.repeat(32) }))
  t.end()
})

void t.test('a cause is told without the names of one file', (t) => {
  const told = withoutNames('cannot write small.jpg: in/large.heic is no picture (large.heic)', {
    file: '2019/large.heic',
    out: '2019/small.jpg',
  })
  t.equal(told, 'cannot write {out}: {in} is no picture ({name})')
  t.end()
})
