import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { until } from '../world.ts'
import { hashed } from './file-node.ts'
import { diskOf, filesWorld, moving, problemOf } from './files-world.ts'

/** Larger than what a socket takes at once. */
const LARGE = Buffer.alloc(3_000_000, 'retired phones ')

void t.test("a file is fetched once, is only its own user's, and stays for the next task", async (t) => {
  const { node, inputs, directory, signal } = await filesWorld(t)
  const sha256 = node.add('hello')
  const twice = [
    { name: 'a.txt', sha256 },
    { name: 'b.txt', sha256 },
  ]
  const { files, release } = await inputs.fetch(twice, signal)
  t.strictSame(
    files.map(({ path }) => readFileSync(path, 'utf8')),
    ['hello', 'hello'],
  )
  t.equal(statSync(join(directory, sha256)).mode & 0o777, 0o600)
  release()
  await inputs.fetch(twice, signal)
  t.strictSame(node.asked, [`GET ${sha256.slice(0, 8)}`])
})

void t.test('an empty file is no reason to ask anybody', async (t) => {
  const { node, inputs, signal } = await filesWorld(t)
  const { files } = await inputs.fetch([{ name: 'empty', sha256: hashed('') }], signal)
  t.equal(readFileSync(files[0]?.path ?? '', 'utf8'), '')
  t.strictSame(node.asked, [])
})

void t.test('a transfer that breaks goes on where it was', async (t) => {
  const { node, inputs, clock, signal } = await filesWorld(t)
  const sha256 = node.add(LARGE)
  node.faults.push({ breaksAfter: 1_000_000 })
  const { files } = await moving(clock, inputs.fetch([{ name: 'large', sha256 }], signal))
  t.ok(readFileSync(files[0]?.path ?? '').equals(LARGE))
  t.equal(node.asked.length, 2)
  t.match(node.asked[1], /^GET [0-9a-f]{8} bytes=[1-9]\d*-$/)
})

void t.test('what a worker that was killed had of a file is gone on with, if it is the beginning of it', async (t) => {
  const { node, inputs, clock, directory, signal } = await filesWorld(t)
  const sha256 = node.add(LARGE)
  writeFileSync(join(directory, `${sha256}.part`), LARGE.subarray(0, 2_000_000))
  await inputs.fetch([{ name: 'large', sha256 }], signal)
  t.strictSame(node.asked, [`GET ${sha256.slice(0, 8)} bytes=2000000-`])

  const other = node.add('0123456789')
  writeFileSync(join(directory, `${other}.part`), 'abc')
  await moving(clock, inputs.fetch([{ name: 'other', sha256: other }], signal))
  t.equal(readFileSync(join(directory, other), 'utf8'), '0123456789', 'what was no beginning is thrown away')
})

void t.test(
  'bytes that are not those of the hash are asked for again, then the task fails, and nothing is left',
  async (t) => {
    const { node, inputs, clock, directory, signal } = await filesWorld(t)
    const sha256 = node.add('right')
    const wrong = { bytes: Buffer.from('wrong') }
    node.faults.push(wrong)
    await moving(clock, inputs.fetch([{ name: 'a', sha256 }], signal))
    t.equal(readFileSync(join(directory, sha256), 'utf8'), 'right')

    const never = hashed('never')
    node.faults.push(wrong, wrong, wrong)
    t.equal(await problemOf(moving(clock, inputs.fetch([{ name: 'a', sha256: never }], signal))), 'damaged')
    t.strictSame(readdirSync(directory), [sha256])
  },
)

void t.test('a file that the node does not have is not asked for twice', async (t) => {
  const { node, inputs, directory, signal } = await filesWorld(t)
  t.equal(await problemOf(inputs.fetch([{ name: 'a', sha256: hashed('gone') }], signal)), 'missing')
  t.equal(node.asked.length, 1)
  t.strictSame(readdirSync(directory), [])
})

void t.test('a node that does not let the device have a file is believed at last', async (t) => {
  const { node, inputs, clock, signal } = await filesWorld(t)
  const sha256 = node.add('secret')
  node.faults.push(...Array.from({ length: 8 }, () => ({ status: 403 })))
  t.equal(await problemOf(moving(clock, inputs.fetch([{ name: 'a', sha256 }], signal))), 'forbidden')
  t.equal(node.asked.length, 8)
})

void t.test(
  'a node that is busy with other transfers of the device is asked again for as long as it takes',
  async (t) => {
    const { node, inputs, clock, signal } = await filesWorld(t)
    const sha256 = node.add('popular')
    node.faults.push(...Array.from({ length: 20 }, () => ({ status: 429 })))
    await moving(clock, inputs.fetch([{ name: 'a', sha256 }], signal))
    t.equal(node.asked.length, 21)
  },
)

void t.test('four files come at a time, and one that waits for its turn can be given up', async (t) => {
  const { node, inputs } = await filesWorld(t)
  const tasks = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ sha256: node.add(name), end: new AbortController() }))
  node.faults.push('hangs', 'hangs', 'hangs', 'hangs')
  const fetches = tasks.map(({ sha256, end }) =>
    inputs
      .fetch([{ name: 'in', sha256 }], end.signal)
      .then(({ files }) => readFileSync(files[0]?.path ?? '', 'utf8'), String),
  )
  await until('four are asked for', () => node.inUse() === 4)
  tasks[4]?.end.abort('cancelled')
  t.equal(await fetches[4], 'cancelled')
  t.equal(node.asked.length, 4)
  tasks[0]?.end.abort('cancelled')
  t.equal(await fetches[5], 'f', 'one that ends makes room for the next')
  t.equal(node.asked.length, 5, 'the one that was given up was never asked for')
  for (const { end } of tasks) end.abort('cancelled')
  await Promise.all(fetches)
})

void t.test('two tasks share a transfer, and one that goes does not end it for the other', async (t) => {
  const { node, inputs, signal } = await filesWorld(t)
  const sha256 = node.add(LARGE)
  node.faults.push('hangs')
  const gone = new AbortController()
  const first = inputs.fetch([{ name: 'a', sha256 }], gone.signal)
  await until('it is asked for', () => node.asked.length === 1)
  const second = inputs.fetch([{ name: 'b', sha256 }], signal)
  gone.abort('cancelled')
  await t.rejects(first)
  t.equal(node.inUse(), 1)
  t.strictSame(node.asked.length, 1)
  void second.catch(() => undefined)
})

void t.test('a transfer ends when nobody waits for it any more, and can begin again', async (t) => {
  const { node, inputs, signal } = await filesWorld(t)
  const sha256 = node.add(LARGE)
  node.faults.push('hangs')
  const gone = new AbortController()
  const fetching = inputs.fetch([{ name: 'a', sha256 }], gone.signal)
  await until('it is asked for', () => node.inUse() === 1)
  gone.abort('cancelled')
  await t.rejects(fetching)
  await until('the request is ended', () => node.inUse() === 0)
  const { files } = await inputs.fetch([{ name: 'a', sha256 }], signal)
  t.ok(readFileSync(files[0]?.path ?? '').equals(LARGE))
})

void t.test('a device without room says so before the file comes', async (t) => {
  const { node, inputs, directory, signal } = await filesWorld(t, { disk: diskOf(10_000_000, 1_000_000) })
  const sha256 = node.add(LARGE)
  t.equal(await problemOf(inputs.fetch([{ name: 'a', sha256 }], signal)), 'device_full')
  t.strictSame(readdirSync(directory), [])
})

void t.test('a disk that does not take a file is tried a few times, and not for ever', async (t) => {
  const { node, inputs, clock, directory, signal } = await filesWorld(t)
  const wanted = (name: string) => [{ name, sha256: node.add(name) }]
  const fetch = (name: string) => problemOf(moving(clock, inputs.fetch(wanted(name), signal)))
  mkdirSync(join(directory, `${hashed('begun')}.part`))
  t.equal(await fetch('begun'), 'device_disk', 'where it cannot be written')
  mkdirSync(join(directory, hashed('whole'), 'more'), { recursive: true })
  t.equal(await fetch('whole'), 'device_disk', 'where it cannot be put into its place')
  t.equal(node.asked.length, 1, 'what came is not sent again for that')
  rmSync(directory, { recursive: true })
  t.equal(await fetch('gone'), 'device_disk', 'where the directory was removed')
})

void t.test('a disk that fails once, between connections that break, is no reason to give up', async (t) => {
  const { node, inputs, clock, log, directory, signal } = await filesWorld(t)
  const sha256 = node.add(LARGE)
  const part = join(directory, `${sha256}.part`)
  mkdirSync(part)
  node.faults.push(...Array.from({ length: 5 }, () => ({ breaksAfter: 1000 })))
  const fetching = inputs.fetch([{ name: 'large', sha256 }], signal)
  await until('the disk has failed', () => log.lines.length > 0)
  rmSync(part, { recursive: true })
  const { files } = await moving(clock, fetching)
  t.ok(readFileSync(files[0]?.path ?? '').equals(LARGE))
})

void t.test('files that come at the same time do not count on the same room', async (t) => {
  const looks: string[] = []
  const statfs = diskOf(10_000_000, 4_500_000)
  const disk = ((path: string) => (looks.push(path), statfs(path))) as typeof statfs
  const { node, inputs, signal } = await filesWorld(t, { disk })
  const other = Buffer.alloc(LARGE.length, 'other phones ')
  node.faults.push('hangs')
  const first = new AbortController()
  const coming = inputs.fetch([{ name: 'a', sha256: node.add(LARGE) }], first.signal)
  await until('the first has its room', () => looks.length === 2)
  t.equal(await problemOf(inputs.fetch([{ name: 'b', sha256: node.add(other) }], signal)), 'device_full')
  first.abort('cancelled')
  await t.rejects(coming)
  await until('the first has let go', () => node.inUse() === 0)
  const { files } = await inputs.fetch([{ name: 'b', sha256: hashed(other) }], signal)
  t.ok(readFileSync(files[0]?.path ?? '').equals(other), 'the room of one that was given up is free again')
})
