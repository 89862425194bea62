/** What every implementation of the port `FileStore` keeps to. */
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Test } from 'tap'
import type { FileStore, StoredFile } from '../../../src/cluster/ports/files.ts'
import { bodyOf, brokenBody, kindOf, listed, sha256Of, someBytes } from './world.ts'

const MAX = 10_000_000
const isWindows = process.platform === 'win32'

/** Files, and what a test needs to look behind them. */
export type FilesWorld = {
  readonly files: FileStore
  /** Opens them again, as the next start does. */
  again(): Promise<FileStore>
  /** How many files and beginnings are kept, with or without a name. */
  things(): Promise<number>
  /** Changes a byte of a beginning. */
  damage(sha256: string): Promise<void>
  /** Sets when something was used last, epoch milliseconds. */
  age(sha256: string, what: 'whole' | 'beginning', used_ms: number): Promise<void>
  /** Leaves what has no name there, as a process does that is killed. */
  clutter(): Promise<void>
}

/** The content of a file, or of a part of it. */
export const contentOf = async (files: FileStore, ...range: [sha256: string, start: number, end?: number]) => {
  const body = await files.read(...range)
  return body && buffer(body)
}

const partialsOf = async (files: FileStore) => {
  const all: StoredFile[] = []
  for await (const partial of files.partials()) all.push(partial)
  return all
}

/** Runs the suite, as subtests of `t`. */
export const filesContract = (t: Test, open: (t: Test) => Promise<FilesWorld>): void => {
  void t.test(
    'what has no name is stored under the one that its content gives it; nothing is a file too',
    async (t) => {
      const { files, things } = await open(t)
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
      t.equal(await things(), 2)
      t.equal(await kindOf(files.write({ sha256: null, offset: 5, body: bodyOf(bytes), maxBytes: MAX })), 'offset')
      t.equal(
        await kindOf(files.write({ sha256: null, offset: 0, body: brokenBody(bytes), maxBytes: MAX })),
        'broken_off',
      )
      t.equal(await things(), 2, 'what can never be gone on with does not stay')
    },
  )

  void t.test('a range is read to the byte', async (t) => {
    const { files } = await open(t)
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
    const { files, things, again: openAgain } = await open(t)
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
    const again = await openAgain()
    t.equal(await again.partial(sha256), 70_000, 'at the next start too')
    t.match(await again.write({ sha256, offset: 70_000, body: bodyOf(bytes.subarray(70_000)), maxBytes: MAX }), {
      bytes: bytes.length,
    })
    t.same(await contentOf(again, sha256, 0), bytes)
    t.equal(await again.partial(sha256), 0)
    t.equal(await things(), 1)
  })

  void t.test('one that begins anew leaves nothing of what was there', async (t) => {
    const { files } = await open(t)
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
      const { files, things, damage } = await open(t)
      const bytes = someBytes()
      const sha256 = sha256Of(bytes)
      const write = (offset: number, body = bodyOf(bytes.subarray(offset))) =>
        kindOf(files.write({ sha256, offset, body, maxBytes: MAX }))
      t.equal(await write(0, bodyOf(someBytes())), 'mismatch')
      t.equal(await write(0, bodyOf(bytes.subarray(0, -1))), 'mismatch', 'one byte short')
      t.equal(await things(), 0)
      t.equal(await write(0, brokenBody(bytes.subarray(0, 40_000))), 'broken_off')
      await damage(sha256)
      t.equal(await write(40_000), 'mismatch')
      t.equal(await things(), 0)
      t.equal(await write(0), 'stored')
    },
  )

  void t.test('no file gets larger than it may, its beginning included', async (t) => {
    const { files, things } = await open(t)
    const bytes = someBytes()
    const sha256 = sha256Of(bytes)
    const write = (maxBytes: number, offset = 0, body = bodyOf(bytes.subarray(offset))) =>
      kindOf(files.write({ sha256, offset, body, maxBytes }))
    t.equal(await write(bytes.length - 1), 'too_large')
    t.equal(await things(), 0)
    t.equal(await write(bytes.length, 0, brokenBody(bytes.subarray(0, 1000))), 'broken_off')
    t.equal(await write(bytes.length - 1, 1000), 'too_large')
    t.equal(await things(), 0)
    t.equal(await write(bytes.length), 'stored')
  })

  void t.test(
    'two that write the same at a time both succeed; nobody is told of a beginning that has its writer',
    async (t) => {
      const { files, things } = await open(t)
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
      // Of a store elsewhere it may be on its way still.
      let begun = await partialsOf(files)
      while (begun.length === 0) begun = await partialsOf(files)
      const [beginning] = begun
      t.match(beginning, { sha256 })
      t.equal(beginning && (await files.removePartial(beginning)), false)
      t.match(await files.write({ sha256, offset: 0, body: bodyOf(bytes), maxBytes: MAX }), { bytes: bytes.length })
      slow.end(bytes.subarray(50_000))
      t.match(await first, { sha256, bytes: bytes.length })
      t.same(await contentOf(files, sha256, 0), bytes)
      t.equal(await things(), 1)
      const many = Array.from({ length: 8 }, () => someBytes(1000)).flatMap((each) => [each, each])
      const writings = many.map((each) =>
        files.write({ sha256: sha256Of(each), offset: 0, body: bodyOf(each), maxBytes: MAX }),
      )
      t.equal((await Promise.all(writings)).length, 16)
      t.equal(await things(), 9)
    },
  )

  void t.test('what is here already is not read again, counts as used, and its body stays open', async (t) => {
    const { files, age } = await open(t)
    const bytes = someBytes()
    const { sha256 } = await files.write({ sha256: null, offset: 0, body: bodyOf(bytes), maxBytes: MAX })
    await age(sha256, 'whole', 1000)
    t.match(await files.stat(sha256), { used_ms: 1000 })
    const body = bodyOf(bytes)
    const again = await files.write({ sha256, offset: 0, body, maxBytes: MAX })
    t.same(again, { ...(await files.stat(sha256)), isNew: false })
    t.notOk(body.destroyed)
    t.notOk(body.readableDidRead)
    const before = Date.now() - 60_000
    t.ok(((await files.stat(sha256))?.used_ms ?? 0) > before)
    await age(sha256, 'whole', 1000)
    await files.touch(['0'.repeat(64), sha256])
    t.ok(((await files.stat(sha256))?.used_ms ?? 0) > before)
  })

  void t.test('files are listed with their sizes, and go when they are removed; a reader reads on', async (t) => {
    const { files, clutter } = await open(t)
    const contents = Array.from({ length: 20 }, (_, index) => someBytes(index * 10))
    for (const bytes of contents) await files.write({ sha256: null, offset: 0, body: bodyOf(bytes), maxBytes: MAX })
    await clutter()
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
    t.ok(free > 0 && free <= total)
  })

  void t.test(
    'beginnings go that nobody has gone on with; what a killed process had under way goes at the start',
    async (t) => {
      const { files, things, age, clutter, again: openAgain } = await open(t)
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
      for (const bytes of [old, fresh]) await age(sha256Of(bytes), 'beginning', 1000)
      const [begun] = await partialsOf(files)
      if (begun === undefined) throw new Error('there is no beginning')
      t.equal(begun.used_ms, 1000)
      await age(begun.sha256, 'beginning', 2000)
      t.equal(await files.removePartial(begun), false, 'somebody has gone on with it')
      t.equal(await files.partial(begun.sha256), 1000)
      t.equal(await files.removePartial({ ...begun, used_ms: 2000 }), true)
      t.equal(await files.partial(begun.sha256), 0)
      t.equal((await partialsOf(files)).length, 1)
      await clutter()
      await openAgain()
      t.equal(await things(), 1)
    },
  )

  void t.test('nothing but a hash names a file', async (t) => {
    const { files } = await open(t)
    for (const name of ['', '../../etc/passwd', 'A'.repeat(64), `${'a'.repeat(63)}/`, `${'a'.repeat(64)}\n`]) {
      await t.rejects(files.stat(name), RangeError)
      await t.rejects(files.read(name, 0), RangeError)
      await t.rejects(files.write({ sha256: name, offset: 0, body: bodyOf(someBytes(1)), maxBytes: MAX }), RangeError)
    }
  })
}
