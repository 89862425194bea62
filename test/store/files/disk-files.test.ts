import { linkSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openDiskFiles } from '../../../src/store/files/disk-files.ts'
import { contentOf, filesContract } from './files-contract.ts'
import { bodyOf, kindOf, listed, pathsIn, sha256Of, someBytes } from './world.ts'

const MAX = 10_000_000
const isWindows = process.platform === 'win32'

const openWorld = async (t: Test) => {
  const directory = t.testdir()
  const files = await openDiskFiles(directory)
  const placeOf = (sha256: string) => join(directory, sha256.slice(0, 2), sha256)
  return { directory, files, placeOf }
}

filesContract(t, async (t) => {
  const { directory, files, placeOf } = await openWorld(t)
  const beginningOf = (sha256: string) => `${placeOf(sha256)}.part`
  return {
    files,
    again: () => openDiskFiles(directory),
    things: () => Promise.resolve(pathsIn(directory).length),
    damage: (sha256) => {
      const damaged = readFileSync(beginningOf(sha256))
      damaged[100] = (damaged[100] ?? 0) ^ 1
      writeFileSync(beginningOf(sha256), damaged)
      return Promise.resolve()
    },
    age: (sha256, what, used_ms) => {
      utimesSync(what === 'whole' ? placeOf(sha256) : beginningOf(sha256), used_ms / 1000, used_ms / 1000)
      return Promise.resolve()
    },
    clutter: () => {
      mkdirSync(join(directory, 'new'), { recursive: true })
      writeFileSync(join(directory, 'new', 'of-a-killed-one'), 'half')
      return Promise.resolve()
    },
  }
})

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

void t.test('the last room of the disk is left to others', async (t) => {
  const directory = t.testdir()
  const files = await openDiskFiles(directory, { spareBytes: Number.MAX_SAFE_INTEGER })
  const bytes = someBytes()
  const write = files.write({ sha256: sha256Of(bytes), offset: 0, body: bodyOf(bytes), maxBytes: MAX })
  t.equal(await kindOf(write), 'full')
  t.same(pathsIn(directory), [])
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
