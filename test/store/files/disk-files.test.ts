import { linkSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import type { FileStore, StoredFile } from '../../../src/cluster/ports/files.ts'
import { openDiskFiles } from '../../../src/store/files/disk-files.ts'
import { bodyOf, brokenBody, kindOf, listed, pathsIn, sha256Of, someBytes } from './world.ts'

const MAX = 10_000_000
const isWindows = process.platform === 'win32'

const openWorld = async (t: Test) => {
  const directory = t.testdir()
  const files = await openDiskFiles(directory)
  const placeOf = (sha256: string) => join(directory, sha256.slice(0, 2), sha256)
  return { directory, files, placeOf }
}

const contentOf = async (files: FileStore, ...range: [sha256: string, start: number, end?: number]) => {
  const body = await files.read(...range)
  return body && buffer(body)
}

const partialsOf = async (files: FileStore) => {
  const all: StoredFile[] = []
  for await (const partial of files.partials()) all.push(partial)
  return all
}

void t.test('what is written is there whole under its hash, for its owner alone', async (t) => {
  const { directory, files, placeOf } = await openWorld(t)
  const bytes = someBytes()
  const sha256 = sha256Of(bytes)
  t.equal(await files.stat(sha256), undefined)
  t.equal(await files.read(sha256, 0), undefined)
  const stored = await files.write({ sha256, offset: 0, body: bodyOf(bytes), maxBytes: bytes.length })
  t.match(stored, { sha256, bytes: bytes.length, isNew: true })
  t.same(await contentOf(files, sha256, 0), bytes)
  t.match(stored, await files.stat(sha256))
  t.same(pathsIn(directory), [join(sha256.slice(0, 2), sha256)], 'and nothing else is left')
  if (!isWindows) {
    t.equal(statSync(placeOf(sha256)).mode & 0o777, 0o600)
    t.equal(statSync(join(directory, sha256.slice(0, 2))).mode & 0o777, 0o700)
  }
})

void t.test('what has no name is stored under the one that its content gives it; nothing is a file too', async (t) => {
  const { files, directory } = await openWorld(t)
  const bytes = someBytes()
  t.match(await files.write({ sha256: null, offset: 0, body: bodyOf(bytes), maxBytes: MAX }), {
    sha256: sha256Of(bytes),
    bytes: bytes.length,
  })
  const empty = await files.write({ sha256: null, offset: 0, body: bodyOf(Buffer.alloc(0)), maxBytes: MAX })
  t.match(empty, { bytes: 0, sha256: sha256Of(Buffer.alloc(0)) })
  t.same(await contentOf(files, empty.sha256, 0), Buffer.alloc(0))
  const again = await files.write({ sha256: null, offset: 0, body: bodyOf(bytes), maxBytes: MAX })
  t.match(again, { sha256: sha256Of(bytes), isNew: false })
  t.equal(pathsIn(directory).length, 2)
  t.equal(await kindOf(files.write({ sha256: null, offset: 5, body: bodyOf(bytes), maxBytes: MAX })), 'offset')
  t.equal(await kindOf(files.write({ sha256: null, offset: 0, body: brokenBody(bytes), maxBytes: MAX })), 'broken_off')
  t.equal(pathsIn(directory).length, 2, 'what can never be gone on with does not stay')
})

void t.test('a range is read to the byte', async (t) => {
  const { files } = await openWorld(t)
  const bytes = someBytes(1000)
  const { sha256 } = await files.write({ sha256: null, offset: 0, body: bodyOf(bytes), maxBytes: MAX })
  t.same(await contentOf(files, sha256, 0, 1), bytes.subarray(0, 1))
  t.same(await contentOf(files, sha256, 999), bytes.subarray(999))
  t.same(await contentOf(files, sha256, 10, 20), bytes.subarray(10, 20))
  t.same(await contentOf(files, sha256, 10, 10), Buffer.alloc(0))
  t.same(await contentOf(files, sha256, 10, 5000), bytes.subarray(10))
  t.same(await contentOf(files, sha256, 1000), Buffer.alloc(0))
})

void t.test('a transfer that broke goes on where it was, and only there', async (t) => {
  const { directory, files } = await openWorld(t)
  const bytes = someBytes()
  const sha256 = sha256Of(bytes)
  const write = (offset: number, body = bodyOf(bytes.subarray(offset))) =>
    kindOf(files.write({ sha256, offset, body, maxBytes: MAX }))
  t.equal(await write(0, brokenBody(bytes.subarray(0, 40_000))), 'broken_off')
  t.equal(await files.partial(sha256), 40_000)
  t.equal(await files.stat(sha256), undefined, 'a beginning is no file')
  t.same(await listed(files), [])
  t.equal(await write(39_999), 'offset')
  t.equal(await write(40_001), 'offset')
  t.equal(await files.partial(sha256), 40_000, 'it still waits')
  t.equal(await write(40_000, brokenBody(bytes.subarray(40_000, 70_000))), 'broken_off')
  const again = await openDiskFiles(directory)
  t.equal(await again.partial(sha256), 70_000, 'at the next start too')
  t.match(await again.write({ sha256, offset: 70_000, body: bodyOf(bytes.subarray(70_000)), maxBytes: MAX }), {
    bytes: bytes.length,
  })
  t.same(await contentOf(again, sha256, 0), bytes)
  t.equal(await again.partial(sha256), 0)
  t.equal(pathsIn(directory).length, 1)
})

void t.test('one that begins anew leaves nothing of what was there', async (t) => {
  const { files } = await openWorld(t)
  const bytes = someBytes(50_000)
  const sha256 = sha256Of(bytes)
  const longer = brokenBody(someBytes(80_000))
  t.equal(await kindOf(files.write({ sha256, offset: 0, body: longer, maxBytes: MAX })), 'broken_off')
  t.equal(await files.partial(sha256), 80_000)
  t.match(await files.write({ sha256, offset: 0, body: bodyOf(bytes), maxBytes: MAX }), { bytes: 50_000 })
  t.same(await contentOf(files, sha256, 0), bytes)
})

void t.test(
  'another content than was named, or a beginning that was changed, is refused and leaves nothing',
  async (t) => {
    const { directory, files, placeOf } = await openWorld(t)
    const bytes = someBytes()
    const sha256 = sha256Of(bytes)
    const write = (offset: number, body = bodyOf(bytes.subarray(offset))) =>
      kindOf(files.write({ sha256, offset, body, maxBytes: MAX }))
    t.equal(await write(0, bodyOf(someBytes())), 'mismatch')
    t.equal(await write(0, bodyOf(bytes.subarray(0, -1))), 'mismatch', 'one byte short')
    t.same(pathsIn(directory), [])
    t.equal(await write(0, brokenBody(bytes.subarray(0, 40_000))), 'broken_off')
    const beginning = `${placeOf(sha256)}.part`
    const damaged = readFileSync(beginning)
    damaged[100] = (damaged[100] ?? 0) ^ 1
    writeFileSync(beginning, damaged)
    t.equal(await write(40_000), 'mismatch')
    t.same(pathsIn(directory), [])
    t.equal(await write(0), 'stored')
  },
)

void t.test('no file gets larger than it may, its beginning included', async (t) => {
  const { directory, files } = await openWorld(t)
  const bytes = someBytes()
  const sha256 = sha256Of(bytes)
  const write = (maxBytes: number, offset = 0, body = bodyOf(bytes.subarray(offset))) =>
    kindOf(files.write({ sha256, offset, body, maxBytes }))
  t.equal(await write(bytes.length - 1), 'too_large')
  t.same(pathsIn(directory), [])
  t.equal(await write(bytes.length, 0, brokenBody(bytes.subarray(0, 1000))), 'broken_off')
  t.equal(await write(bytes.length - 1, 1000), 'too_large')
  t.same(pathsIn(directory), [])
  t.equal(await write(bytes.length), 'stored')
})

void t.test('the last room of the disk is left to others', async (t) => {
  const directory = t.testdir()
  const files = await openDiskFiles(directory, { spareBytes: Number.MAX_SAFE_INTEGER })
  const bytes = someBytes()
  const write = files.write({ sha256: sha256Of(bytes), offset: 0, body: bodyOf(bytes), maxBytes: MAX })
  t.equal(await kindOf(write), 'full')
  t.same(pathsIn(directory), [])
})

void t.test(
  'two that write the same at a time both succeed; nobody is told of a beginning that has its writer',
  async (t) => {
    const { directory, files } = await openWorld(t)
    const bytes = someBytes()
    const sha256 = sha256Of(bytes)
    const slow = new PassThrough()
    const first = files.write({ sha256, offset: 0, body: slow, maxBytes: MAX })
    slow.write(bytes.subarray(0, 50_000))
    await new Promise((resolve) => setImmediate(resolve))
    t.equal(await files.partial(sha256), 0)
    t.equal(await kindOf(files.write({ sha256, offset: 10, body: bodyOf(bytes), maxBytes: MAX })), 'offset')
    const broken = brokenBody(bytes.subarray(0, 10))
    t.equal(await kindOf(files.write({ sha256, offset: 0, body: broken, maxBytes: MAX })), 'broken_off')
    const [beginning] = await partialsOf(files)
    t.match(beginning, { sha256, bytes: 50_000 })
    t.equal(beginning && (await files.removePartial(beginning)), false)
    t.match(await files.write({ sha256, offset: 0, body: bodyOf(bytes), maxBytes: MAX }), { bytes: bytes.length })
    slow.end(bytes.subarray(50_000))
    t.match(await first, { sha256, bytes: bytes.length })
    t.same(await contentOf(files, sha256, 0), bytes)
    t.equal(pathsIn(directory).length, 1)
    const many = Array.from({ length: 8 }, () => someBytes(1000)).flatMap((each) => [each, each])
    const writings = many.map((each) =>
      files.write({ sha256: sha256Of(each), offset: 0, body: bodyOf(each), maxBytes: MAX }),
    )
    t.equal((await Promise.all(writings)).length, 16)
    t.equal(pathsIn(directory).length, 9)
  },
)

void t.test('what is here already is not read again, counts as used, and its body stays open', async (t) => {
  const { files, placeOf } = await openWorld(t)
  const bytes = someBytes()
  const { sha256 } = await files.write({ sha256: null, offset: 0, body: bodyOf(bytes), maxBytes: MAX })
  utimesSync(placeOf(sha256), 1, 1)
  t.match(await files.stat(sha256), { used_ms: 1000 })
  const body = bodyOf(bytes)
  const again = await files.write({ sha256, offset: 0, body, maxBytes: MAX })
  t.same(again, { ...(await files.stat(sha256)), isNew: false })
  t.notOk(body.destroyed)
  t.notOk(body.readableDidRead)
  const before = Date.now() - 60_000
  t.ok(((await files.stat(sha256))?.used_ms ?? 0) > before)
  utimesSync(placeOf(sha256), 1, 1)
  await files.touch(['0'.repeat(64), sha256])
  t.ok(((await files.stat(sha256))?.used_ms ?? 0) > before)
})

void t.test('files are listed with their sizes, and go when they are removed; a reader reads on', async (t) => {
  const { directory, files } = await openWorld(t)
  const contents = Array.from({ length: 20 }, (_, index) => someBytes(index * 10))
  for (const bytes of contents) await files.write({ sha256: null, offset: 0, body: bodyOf(bytes), maxBytes: MAX })
  writeFileSync(join(directory, 'a-note'), 'of somebody')
  writeFileSync(join(directory, 'new', 'another'), 'of somebody')
  t.same(
    (await listed(files)).map(({ sha256, bytes }) => [sha256, bytes]).sort(),
    contents.map((bytes) => [sha256Of(bytes), bytes.length]).sort(),
  )
  const sha256 = sha256Of(contents[7] ?? Buffer.alloc(0))
  const reading = await files.read(sha256, 0)
  await files.remove(sha256)
  await files.remove(sha256)
  if (!isWindows) t.same(reading && (await buffer(reading)), contents[7])
  t.equal(await files.stat(sha256), undefined)
  t.equal((await listed(files)).length, 19)
  const { total, free } = await files.space()
  t.ok(free > 0 && free < total)
})

void t.test(
  'beginnings go that nobody has gone on with; what a killed process had under way goes at the start',
  async (t) => {
    const { directory, files, placeOf } = await openWorld(t)
    const [old, fresh] = [someBytes(), someBytes()]
    for (const bytes of [old, fresh]) {
      const writing = { sha256: sha256Of(bytes), offset: 0, body: brokenBody(bytes.subarray(0, 1000)), maxBytes: MAX }
      t.equal(await kindOf(files.write(writing)), 'broken_off')
    }
    const all = await partialsOf(files)
    t.same(
      new Set(all.map(({ sha256, bytes }) => `${sha256} ${bytes}`)),
      new Set([old, fresh].map((bytes) => `${sha256Of(bytes)} 1000`)),
    )
    for (const bytes of [old, fresh]) utimesSync(`${placeOf(sha256Of(bytes))}.part`, 1, 1)
    const [begun] = await partialsOf(files)
    if (begun === undefined) throw new Error('there is no beginning')
    t.equal(begun.used_ms, 1000)
    utimesSync(`${placeOf(begun.sha256)}.part`, 2, 2)
    t.equal(await files.removePartial(begun), false, 'somebody has gone on with it')
    t.equal(await files.partial(begun.sha256), 1000)
    t.equal(await files.removePartial({ ...begun, used_ms: 2000 }), true)
    t.equal(await files.partial(begun.sha256), 0)
    t.equal((await partialsOf(files)).length, 1)
    mkdirSync(join(directory, 'new'), { recursive: true })
    writeFileSync(join(directory, 'new', 'of-a-killed-one'), 'half')
    await openDiskFiles(directory)
    t.equal(pathsIn(directory).length, 1)
  },
)

void t.test('nothing but a hash names a file', async (t) => {
  const { files } = await openWorld(t)
  for (const name of ['', '../../etc/passwd', 'A'.repeat(64), `${'a'.repeat(63)}/`, `${'a'.repeat(64)}\n`]) {
    await t.rejects(files.stat(name), RangeError)
    await t.rejects(files.read(name, 0), RangeError)
    await t.rejects(files.write({ sha256: name, offset: 0, body: bodyOf(someBytes(1)), maxBytes: MAX }), RangeError)
  }
})

void t.test(
  'links are followed neither in reading nor in writing',
  { skip: isWindows && 'links need a privilege there' },
  async (t) => {
    const outside = t.testdir({ inside: {}, outside: { secret: 'nobody else reads this' } })
    const directory = join(outside, 'inside')
    const secret = join(outside, 'outside', 'secret')
    const files = await openDiskFiles(directory)
    const bytes = someBytes()
    const sha256 = sha256Of(bytes)
    const shard = join(directory, sha256.slice(0, 2))
    const write = (offset = 0, body = bodyOf(bytes)) => kindOf(files.write({ sha256, offset, body, maxBytes: MAX }))
    const isUntouched = (what: string) => {
      t.equal(readFileSync(secret, 'utf8'), 'nobody else reads this', what)
      t.same(pathsIn(join(outside, 'outside')), ['secret'], what)
      rmSync(directory, { recursive: true })
      mkdirSync(directory)
    }

    symlinkSync(join(outside, 'outside'), shard)
    writeFileSync(secret, 'nobody else reads this')
    t.equal(await files.stat(sha256), undefined)
    t.equal(await files.read(sha256, 0), undefined)
    t.same(await listed(files), [])
    t.equal(await write(), 'stored')
    isUntouched('a directory that is a link')

    mkdirSync(shard)
    symlinkSync(secret, join(shard, sha256))
    t.equal(await files.stat(sha256), undefined)
    t.equal(await files.read(sha256, 0), undefined)
    t.same(await listed(files), [])
    await files.touch([sha256])
    t.equal(await write(), 'stored')
    t.same(await contentOf(files, sha256, 0), bytes)
    isUntouched('a file that is a link')

    mkdirSync(shard)
    symlinkSync(secret, join(shard, `${sha256}.part`))
    t.equal(await files.partial(sha256), 0)
    t.equal(await write(22, bodyOf(bytes)), 'offset')
    t.equal(await write(), 'stored')
    isUntouched('a beginning that is a link')

    mkdirSync(shard)
    linkSync(secret, join(shard, `${sha256}.part`))
    t.equal(await write(), 'stored')
    isUntouched('a beginning that is another name of a file')
  },
)
