import { mock } from 'node:test'
import t from 'tap'
import { appendFileSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { openHashCache } from '../../../src/cli/client/files/hash-cache.ts'
import { hashed } from '../../../src/cli/client/files/hashing.ts'
import { temporaryDirectory } from '../programs.ts'

const LONG_AGO = new Date('2020-01-01T00:00:00Z')
const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex')

void t.test('a file that has not changed is not read again, also in a later run', async (t) => {
  const directory = temporaryDirectory(t)
  const environment = { XDG_CACHE_HOME: directory }
  const path = join(directory, 'photo.jpg')
  writeFileSync(path, 'one')
  utimesSync(path, LONG_AGO, LONG_AGO)
  const cache = await openHashCache(environment)
  t.match(await hashed(path, cache), { sha256: sha256Of('one'), bytes: 3 })
  await cache.save()
  t.equal((await openHashCache(environment)).find(path, statSync(path)), sha256Of('one'))
  appendFileSync(path, '!')
  t.match(await hashed(path, await openHashCache(environment)), { sha256: sha256Of('one!'), bytes: 4 })
})

void t.test('neither a change that keeps size and time nor another file in its place goes unseen', async (t) => {
  const directory = temporaryDirectory(t)
  const environment = { XDG_CACHE_HOME: directory }
  const path = join(directory, 'photo.jpg')
  const change = {
    'a change': (text: string) => writeFileSync(path, text),
    'another file': (text: string) => {
      writeFileSync(`${path}.new`, text)
      renameSync(`${path}.new`, path)
    },
  }
  for (const [how, write] of Object.entries(change)) {
    writeFileSync(path, 'one')
    utimesSync(path, LONG_AGO, LONG_AGO)
    const cache = await openHashCache(environment)
    await hashed(path, cache)
    const seen = statSync(path)
    t.equal(cache.find(path, seen), sha256Of('one'), how)
    // The clock of a file system has ticks.
    do {
      write('two')
      utimesSync(path, LONG_AGO, LONG_AGO)
    } while (statSync(path).ctimeMs === seen.ctimeMs)
    t.match(await hashed(path, cache), { sha256: sha256Of('two') }, how)
  }
})

void t.test(
  'what is told of one that has changed is forgotten, also where nothing is noted in its place',
  async (t) => {
    const environment = { XDG_CACHE_HOME: temporaryDirectory(t) }
    const before = { size: 3, mtimeMs: LONG_AGO.getTime(), ctimeMs: LONG_AGO.getTime(), ino: 7 }
    const cache = await openHashCache(environment)
    for (const change of [{ size: 4 }, { mtimeMs: 1 }, { ctimeMs: 1 }, { ino: 8 }]) {
      cache.note('/photo.jpg', { ...before, sha256: sha256Of('one') })
      t.equal(cache.find('/photo.jpg', before), sha256Of('one'))
      t.equal(cache.find('/photo.jpg', { ...before, ...change }), undefined, JSON.stringify(change))
      t.equal(cache.find('/photo.jpg', before), undefined)
    }
    await cache.save()
    t.equal((await openHashCache(environment)).find('/photo.jpg', before), undefined)
  },
)

void t.test('a file that has just changed is not remembered: it may change again in the same moment', async (t) => {
  const directory = temporaryDirectory(t)
  const environment = { XDG_CACHE_HOME: directory }
  const path = join(directory, 'photo.jpg')
  writeFileSync(path, 'one')
  // It stays so, however long this takes.
  mock.timers.enable({ apis: ['Date'], now: Math.floor(statSync(path).mtimeMs) + 1999 })
  t.teardown(() => mock.timers.reset())
  const cache = await openHashCache(environment)
  await hashed(path, cache)
  await cache.save()
  t.equal((await openHashCache(environment)).find(path, statSync(path)), undefined)
})

void t.test('a cache that is damaged, or of somebody else, is an empty one', async (t) => {
  const directory = temporaryDirectory(t)
  const environment = { XDG_CACHE_HOME: directory }
  const path = join(directory, 'photo.jpg')
  writeFileSync(path, 'one')
  utimesSync(path, LONG_AGO, LONG_AGO)
  const cache = await openHashCache(environment)
  await hashed(path, cache)
  await cache.save()
  const file = join(directory, 'retire-cluster', 'file-hashes.json')
  t.match(readFileSync(file, 'utf8'), sha256Of('one'))
  for (const damaged of [
    '',
    '[1]',
    '{"a": 1}',
    `{"${path}": {"size": 3, "mtimeMs": ${LONG_AGO.getTime()}, "sha256": "x"}}`,
  ]) {
    writeFileSync(file, damaged)
    t.match(await hashed(path, await openHashCache(environment)), { sha256: sha256Of('one') })
  }
})
