import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type AttemptRef, linkMethods, type FinishedParams } from '../../schemas/link.ts'
import { problemOf } from '../../src/link/checks.ts'
import { type Outbox, openOutbox } from '../../src/worker/outbox.ts'
import { contentOf } from '../../src/worker/outbox-log.ts'
import { fakeClock } from '../cluster/fake-clock.ts'
import { EPOCH, finished, keptLog, type Owner, ref, temporaryDirectory, until } from './world.ts'

const isEnd = (value: unknown): value is FinishedParams =>
  problemOf(linkMethods['task.finished'].params, value) === undefined

/** The end of what ran for long enough to be written before it is told. */
const long = (attempt: Partial<AttemptRef> = {}): FinishedParams => finished({ ...attempt, execution_time_seconds: 1 })
/** The end of what takes no time to be run again. */
const short = (attempt: Partial<AttemptRef> = {}): FinishedParams =>
  finished({ ...attempt, execution_time_seconds: 0.999 })

const open = async (t: Owner, directory: string, log = keptLog(), clock = fakeClock()): Promise<Outbox> => {
  const outbox = await openOutbox({ directory, isEnd, clock, log })
  t.teardown(() => outbox.close())
  return outbox
}

const place = (t: Owner) => {
  const directory = join(temporaryDirectory(t), 'outbox')
  return { directory, file: join(directory, 'ends.log') }
}

/** The ends that a worker which starts now would find. */
const onDisk = (file: string) => contentOf(readFileSync(file, 'utf8')).ends

void t.test(
  'a result is on disk before the outbox says so, and outlives the worker until it is acknowledged',
  async (t) => {
    const { directory, file } = place(t)
    const before = await open(t, directory)
    await before.add(long())
    t.strictSame(onDisk(file), [long()])
    // The worker dies here: another one opens what is on disk.
    const after = await open(t, directory)
    t.strictSame(after.waiting(), [long()])
    t.strictSame(after.find(ref()), long())
    after.remove(ref())
    t.strictSame(after.waiting(), [])
    await after.close()
    t.strictSame(onDisk(file), [])
    t.equal(statSync(file).mode & 0o777, process.platform === 'win32' ? 0o666 : 0o600)
  },
)

void t.test('results that come together are all on disk, and what was acknowledged is not among them', async (t) => {
  const { directory, file } = place(t)
  const outbox = await open(t, directory)
  const names = Array.from({ length: 50 }, (_, index) => `task-${index}`)
  await Promise.all(names.map((name) => outbox.add(long(ref(name)))))
  for (const name of names.slice(0, 49)) outbox.remove(ref(name))
  await outbox.add(long(ref('last')))
  t.strictSame(onDisk(file), [long(ref('task-49')), long(ref('last'))])
})

void t.test('the file stays small though it is never empty', async (t) => {
  const { directory, file } = place(t)
  const outbox = await open(t, directory)
  const output = 'x'.repeat(100_000)
  const large = (name: string): FinishedParams => {
    const end = long(ref(name))
    return { ...end, result: end.result && { ...end.result, output } }
  }
  await outbox.add(large('task-0'))
  for (let n = 1; n < 40; n += 1) {
    await outbox.add(large(`task-${n}`))
    outbox.remove(ref(`task-${n - 1}`))
  }
  await outbox.close()
  t.match(onDisk(file), [ref('task-39')])
  t.ok(statSync(file).size < 1.2 * 2 ** 20)
})

void t.test('a result whose writing a crash cut off is forgotten: nobody was told of it', async (t) => {
  const { directory, file } = place(t)
  await (await open(t, directory)).add(long())
  appendFileSync(file, '{"generation":1,"end":{"task_id": "task-b", "epo')
  writeFileSync(`${file}.tmp`, '{"generation":')
  const log = keptLog()
  t.strictSame((await open(t, directory, log)).waiting(), [long()])
  t.strictSame(log.lines, [])
  t.strictSame(readdirSync(directory), ['ends.log'])
})

void t.test('what is left of a time when the file was longer is not read', async (t) => {
  const { directory, file } = place(t)
  const outbox = await open(t, directory)
  const names = Array.from({ length: 10 }, (_, index) => `task-${index}`)
  for (const name of names) await outbox.add(long(ref(name)))
  for (const name of names) outbox.remove(ref(name))
  await outbox.add(long())
  t.match(readFileSync(file, 'utf8'), 'task-9')
  const log = keptLog()
  t.strictSame((await open(t, directory, log)).waiting(), [long()])
  t.strictSame(log.lines, [])
})

void t.test(
  'a file with lines that cannot be understood is moved aside and logged, and the others are kept',
  async (t) => {
    const { directory, file } = place(t)
    const outbox = await open(t, directory)
    await outbox.add(long(ref('task-a')))
    await outbox.add(long(ref('task-b')))
    await outbox.add(long(ref('task-c')))
    await outbox.close()
    const lines = readFileSync(file, 'utf8').split('\n')
    const damages: [string, string[]][] = [
      ['a line that is torn', [lines[0] ?? '', lines[1] ?? '', 'torn', lines[3] ?? '']],
      [
        'a line that is no result',
        lines.map((line, index) => (index === 2 ? line.replace('"completed"', '"superb"') : line)),
      ],
      ['no head', ['torn', ...lines.slice(1)]],
    ]
    for (const [name, damaged] of damages) {
      const { directory, file } = place(t)
      await (await open(t, directory)).close()
      writeFileSync(file, damaged.join('\n'))
      const log = keptLog()
      const kept = name === 'no head' ? [] : [long(ref('task-a')), long(ref('task-c'))]
      t.strictSame((await open(t, directory, log)).waiting(), kept, name)
      t.match(log.lines, [/moved aside/], name)
      t.strictSame(readdirSync(directory).sort(), ['ends.log', 'ends.log.bad'], name)
      t.strictSame(readFileSync(`${file}.bad`, 'utf8'), damaged.join('\n'), name)
    }
  },
)

void t.test('results of an earlier version, a file each, are taken over', async (t) => {
  const { directory, file } = place(t)
  mkdirSync(directory)
  const write = (name: string, content: unknown) =>
    writeFileSync(join(directory, `${name}.${EPOCH}.1.json`), JSON.stringify(content))
  write('task-a', long())
  writeFileSync(join(directory, `task-b.${EPOCH}.1.json`), 'torn')
  write('task-c', { ...long(ref('task-c')), outcome: 'superb' })
  write('task-d', long(ref('task-e')))
  writeFileSync(join(directory, `task-f.${EPOCH}.1.json.tmp`), '{"task_id": "task-f", "epo')
  const log = keptLog()
  t.strictSame((await open(t, directory, log)).waiting(), [long()])
  t.equal(log.lines.length, 3)
  t.strictSame(onDisk(file), [long()])
  const bad = ['b', 'c', 'd'].map((name) => `task-${name}.${EPOCH}.1.json.bad`)
  t.strictSame(readdirSync(directory).sort(), ['ends.log', ...bad])
})

void t.test('where the disk refuses, a result waits in memory, and goes to the disk with the next', async (t) => {
  const { directory, file } = place(t)
  const log = keptLog()
  const outbox = await open(t, directory, log)
  await outbox.add(long(ref('task-a')))
  // The file is written anew for what is so large, and there is no place for it any more.
  renameSync(directory, `${directory}.away`)
  const { result, ...end } = long(ref('task-b'))
  const large: FinishedParams = { ...end, result: result && { ...result, output: 'x'.repeat(2 ** 20) } }
  await outbox.add(large)
  t.strictSame(outbox.waiting(), [long(ref('task-a')), large])
  t.match(log.lines, [/waits in memory/])
  renameSync(`${directory}.away`, directory)
  t.strictSame(onDisk(file), [long(ref('task-a'))])
  await outbox.add(long(ref('task-c')))
  t.strictSame(onDisk(file), [long(ref('task-a')), large, long(ref('task-c'))])
})

void t.test('it can be closed though its directory has gone, and once more', async (t) => {
  const { directory } = place(t)
  const outbox = await open(t, directory)
  await outbox.add(long())
  renameSync(directory, `${directory}.away`)
  outbox.remove(ref())
  await t.resolves(outbox.close())
  await t.resolves(outbox.close())
  t.strictSame(outbox.waiting(), [])
})

void t.test('the end of a short task is told at once, and on the disk a tenth of a second later', async (t) => {
  const { directory, file } = place(t)
  const clock = fakeClock()
  const outbox = await open(t, directory, keptLog(), clock)
  await outbox.add(short())
  t.strictSame(outbox.waiting(), [short()])
  t.strictSame(outbox.find(ref()), short())
  await clock.advance(60)
  await outbox.add(short(ref('task-b')))
  await clock.advance(39)
  t.strictSame(onDisk(file), [])
  await clock.advance(1)
  await until('it is written', () => onDisk(file).length > 0)
  t.strictSame(onDisk(file), [short()], 'the second is not as old yet')
  await clock.advance(60)
  await until('both are written', () => onDisk(file).length > 1)
  t.strictSame(onDisk(file), [short(), short(ref('task-b'))])
})

void t.test('what the node has by then is never written', async (t) => {
  const { directory, file } = place(t)
  const clock = fakeClock()
  const outbox = await open(t, directory, keptLog(), clock)
  const before = readFileSync(file, 'utf8')
  await outbox.add(short())
  await clock.advance(50)
  outbox.remove(ref())
  await clock.advance(1000)
  await outbox.close()
  t.strictSame(outbox.waiting(), [])
  t.equal(readFileSync(file, 'utf8'), before)
})

void t.test('what is held is written as the outbox is closed', async (t) => {
  const { directory, file } = place(t)
  const outbox = await open(t, directory)
  await outbox.add(short())
  await outbox.close()
  t.strictSame(onDisk(file), [short()])
})

void t.test('a closed outbox leaves the file alone: another worker may have it', async (t) => {
  const { directory, file } = place(t)
  const clock = fakeClock()
  const outbox = await open(t, directory, keptLog(), clock)
  await outbox.add(long())
  await outbox.close()
  const left = readFileSync(file, 'utf8')
  outbox.remove(ref())
  await outbox.add(short(ref('task-b')))
  await outbox.add(long(ref('task-c')))
  await clock.advance(1000)
  await outbox.close()
  t.equal(readFileSync(file, 'utf8'), left)
  t.strictSame(outbox.waiting(), [short(ref('task-b')), long(ref('task-c'))])
})

void t.test('a result with files is written before it is told, however short its task', async (t) => {
  const { directory, file } = place(t)
  const outbox = await open(t, directory)
  const { result, ...end } = short()
  const artifacts = [{ name: 'out', bytes: 1, sha256: 'a'.repeat(64) }]
  const withFiles: FinishedParams = { ...end, result: result && { ...result, artifacts } }
  await outbox.add(withFiles)
  t.strictSame(onDisk(file), [withFiles])
})

void t.test('what takes the place of a result is written, whether that was on the disk or is held', async (t) => {
  const { directory, file } = place(t)
  const outbox = await open(t, directory)
  const bare = (end: FinishedParams): FinishedParams => ({ ...end, outcome: 'failed', result: null })
  await outbox.add(long())
  await outbox.add(bare(short()))
  t.strictSame(onDisk(file), [bare(short())])
  await outbox.add(short(ref('task-b')))
  await outbox.add(bare(short(ref('task-b'))))
  t.strictSame(onDisk(file), [bare(short()), bare(short(ref('task-b')))])
  outbox.remove(ref())
  outbox.remove(ref('task-b'))
  await outbox.close()
  t.strictSame(onDisk(file), [], 'and forgotten')
})
