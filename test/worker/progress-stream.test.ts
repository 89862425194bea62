import t from 'tap'
import type { Progress } from '../../schemas/link.ts'
import { createProgressStream } from '../../src/worker/progress-stream.ts'
import { fakeClock } from '../cluster/fake-clock.ts'

const at = (progress: number): Progress => ({ progress, progress_message: null })

/** A stream to a node that is there or away. */
const world = () => {
  const clock = fakeClock()
  const sent: number[] = []
  const node = { isThere: true }
  const stream = createProgressStream(clock, ({ progress }) => {
    if (node.isThere) sent.push(progress)
    return node.isThere
  })
  return { clock, sent, node, stream }
}

void t.test('the first word is sent at once, then one a second, and that is the last', async (t) => {
  const { clock, sent, stream } = world()
  stream.write(at(1))
  t.same(sent, [1])
  for (const progress of [2, 3, 4]) stream.write(at(progress))
  await clock.advance(999)
  t.same(sent, [1])
  await clock.advance(1)
  t.same(sent, [1, 4])
  await clock.advance(10_000)
  t.same(sent, [1, 4], 'what is known is not said again')
  stream.write(at(5))
  t.same(sent, [1, 4, 5])
})

void t.test('a program that never stops talking is heard once a second', async (t) => {
  const { clock, sent, stream } = world()
  for (let word = 0; word < 1000; word += 1) {
    stream.write(at(word / 10))
    await clock.advance(10)
  }
  t.equal(sent.length, 11, 'at once, and then in each of ten seconds')
})

void t.test('a node that comes back hears the last word, though it may have heard it before', async (t) => {
  const { clock, sent, node, stream } = world()
  stream.resume()
  t.same(sent, [], 'nothing was said yet')
  stream.write(at(1))
  await clock.advance(1000)
  node.isThere = false
  stream.write(at(2))
  await clock.advance(5000)
  node.isThere = true
  stream.resume()
  t.same(sent, [1, 2])
  await clock.advance(1000)
  stream.resume()
  t.same(sent, [1, 2, 2])
})

void t.test('after its end nothing is sent; what was said last is known', async (t) => {
  const { clock, sent, stream } = world()
  t.equal(stream.last(), undefined)
  stream.write(at(1))
  stream.write(at(2))
  stream.end()
  await clock.advance(5000)
  t.same(sent, [1])
  t.same(stream.last(), at(2))
})
