import t from 'tap'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openEarlierResults } from '../../../src/cli/client/files/earlier-results.ts'
import { temporaryDirectory } from '../programs.ts'

const ONE = 'a1'.repeat(32)
const OTHER = 'b2'.repeat(32)

void t.test('what a work has left is known to later runs, until other work is done there', async (t) => {
  const environment = { XDG_CACHE_HOME: temporaryDirectory(t) }
  const results = await openEarlierResults(environment)
  t.equal(results.find('/out/a.jpg', 'shrink'), undefined)
  await results.note([{ path: '/out/a.jpg', work: 'shrink', sha256: ONE }])
  const later = await openEarlierResults(environment)
  t.equal(later.find('/out/a.jpg', 'shrink'), ONE)
  t.equal(later.find('/out/a.jpg', 'turn'), undefined, 'other work')
  t.equal(later.find('/out/b.jpg', 'shrink'), undefined, 'another place')
  await later.note([{ path: '/out/a.jpg', work: 'turn', sha256: OTHER }])
  t.equal(later.find('/out/a.jpg', 'shrink'), undefined)
  t.equal((await openEarlierResults(environment)).find('/out/a.jpg', 'turn'), OTHER)
})

void t.test('of two clients at a time neither forgets what the other has written down', async (t) => {
  const environment = { XDG_CACHE_HOME: temporaryDirectory(t) }
  const [one, other] = [await openEarlierResults(environment), await openEarlierResults(environment)]
  await one.note([{ path: '/out/a.jpg', work: 'shrink', sha256: ONE }])
  await other.note([{ path: '/out/b.jpg', work: 'shrink', sha256: OTHER }])
  const later = await openEarlierResults(environment)
  t.equal(later.find('/out/a.jpg', 'shrink'), ONE)
  t.equal(later.find('/out/b.jpg', 'shrink'), OTHER)
})

void t.test('what is not ours is not believed, and what cannot be written down stops nothing', async (t) => {
  const environment = { XDG_CACHE_HOME: temporaryDirectory(t) }
  const directory = join(environment.XDG_CACHE_HOME, 'retire-cluster')
  mkdirSync(directory)
  const kept = { a: { work: 'shrink', sha256: 'short' }, b: { sha256: ONE }, c: [], d: { work: 'shrink', sha256: ONE } }
  writeFileSync(join(directory, 'run-results.json'), JSON.stringify(kept))
  const results = await openEarlierResults(environment)
  t.strictSame(
    ['a', 'b', 'c', 'd'].map((path) => results.find(path, 'shrink')),
    [undefined, undefined, undefined, ONE],
  )
  const inTheWay = { XDG_CACHE_HOME: temporaryDirectory(t) }
  mkdirSync(join(inTheWay.XDG_CACHE_HOME, 'retire-cluster', 'run-results.json'), { recursive: true })
  await (await openEarlierResults(inTheWay)).note([{ path: '/out/a.jpg', work: 'shrink', sha256: ONE }])
  t.strictSame(
    readdirSync(join(inTheWay.XDG_CACHE_HOME, 'retire-cluster')),
    ['run-results.json'],
    'nothing is left beside it',
  )
})
