import { readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { until } from '../world.ts'
import { diskOf, filesWorld } from './files-world.ts'

const KIB = 1024

void t.test(
  'beyond its bound the cache lets go of what was used longest ago, and never of what is in use',
  async (t) => {
    const { node, inputs, directory, clock, signal } = await filesWorld(t, { bound: { bytes: 25 * KIB } })
    const [a, b, c] = ['a', 'b', 'c'].map((letter) => node.add(letter.repeat(10 * KIB))) as [string, string, string]
    const fetch = async (sha256: string) => {
      await clock.advance(1000)
      return inputs.fetch([{ name: 'x', sha256 }], signal)
    }
    const heldA = await fetch(a)
    ;(await fetch(b)).release()
    ;(await fetch(c)).release()
    t.strictSame(readdirSync(directory).sort(), [a, c].sort(), 'a is the oldest, and held')
    heldA.release()
    ;(await fetch(b)).release()
    t.strictSame(readdirSync(directory).sort(), [b, c].sort())
  },
)

void t.test('what is in use may be more than is kept, and goes when it is not any more', async (t) => {
  const { node, inputs, directory, signal } = await filesWorld(t, { bound: { bytes: KIB } })
  const held = await inputs.fetch([{ name: 'x', sha256: node.add('x'.repeat(10 * KIB)) }], signal)
  t.equal(readdirSync(directory).length, 1)
  held.release()
  await until('it is gone', () => readdirSync(directory).length === 0)
})

void t.test(
  'the bound holds for what an earlier run has left, beginnings too, and nothing else is touched',
  async (t) => {
    const { directory, open } = await filesWorld(t, { bound: { percent: 10 }, disk: diskOf(100 * KIB) })
    const old = `${'a'.repeat(64)}.part`
    const young = 'b'.repeat(64)
    for (const name of [old, young, 'a note of the owner']) writeFileSync(join(directory, name), 'x'.repeat(8 * KIB))
    utimesSync(join(directory, old), 1000, 1000)
    await open()
    t.strictSame(readdirSync(directory).sort(), ['a note of the owner', young])
  },
)

void t.test('files that somebody has removed are fetched again', async (t) => {
  const { node, inputs, directory, signal } = await filesWorld(t)
  const sha256 = node.add('hello')
  await inputs.fetch([{ name: 'x', sha256 }], signal)
  rmSync(join(directory, sha256))
  await inputs.fetch([{ name: 'x', sha256 }], signal)
  t.equal(node.asked.length, 2)
})
