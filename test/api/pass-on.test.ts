import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { passOn } from '../../src/api/transfer/pass-on.ts'
import { until } from '../start-cluster.ts'

const stalledMs = 20
const begin = (from: 'client' | 'cluster') => {
  const source = new PassThrough()
  let bytes = 0
  let hasStalled = false
  const passing = passOn({
    source,
    from,
    count: (more) => (bytes += more),
    onStall: () => (hasStalled = true),
    stalledMs,
  })
  const stalls = () => until('it stalls', () => Promise.resolve(hasStalled || undefined))
  /** Whether it does not stall in many times what that takes. */
  const goesOn = async () => {
    await new Promise((resolve) => setTimeout(resolve, stalledMs * 10))
    return !hasStalled
  }
  return { source, passing, stalls, goesOn, bytes: () => bytes }
}

void t.test('all bytes pass, and are counted', async (t) => {
  const { source, passing, bytes } = begin('cluster')
  source.write('he')
  source.end('llo')
  t.equal(await text(passing), 'hello')
  t.equal(bytes(), 5)
})

void t.test(
  'a client that sends nothing stalls; one whose bytes are not taken, or that has sent all, does not',
  async (t) => {
    const silent = begin('client')
    silent.source.write('he')
    silent.passing.resume()
    t.ok(await silent.stalls())
    const waiting = begin('client')
    waiting.source.write(Buffer.alloc(1024 * 1024))
    t.ok(await waiting.goesOn())
    const done = begin('client')
    done.source.end('hello')
    t.ok(await done.goesOn())
  },
)

void t.test('a client that does not read stalls; one that waits for a slow disk does not', async (t) => {
  const full = begin('cluster')
  full.source.write(Buffer.alloc(1024 * 1024))
  t.ok(await full.stalls())
  const slow = begin('cluster')
  slow.source.write('he')
  slow.passing.resume()
  t.ok(await slow.goesOn())
})

void t.test('where one end breaks off, the other is told; but a body of a client stays to be read', async (t) => {
  const broken = begin('client')
  broken.source.destroy(new Error('gone'))
  await t.rejects(text(broken.passing), { message: 'gone' })
  const cut = begin('client')
  cut.source.destroy()
  await t.rejects(text(cut.passing), { code: 'ERR_STREAM_PREMATURE_CLOSE' })
  for (const from of ['client', 'cluster'] as const) {
    const { source, passing } = begin(from)
    passing.destroy()
    await new Promise((resolve) => setImmediate(resolve))
    t.equal(source.destroyed, from === 'cluster', from)
  }
})
