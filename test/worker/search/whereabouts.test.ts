import t from 'tap'
import type { NodeEndpoint } from '../../../src/link/client/keep-connected.ts'
import { createWhereabouts } from '../../../src/worker/search/whereabouts.ts'
import { fakeClock, settle } from '../../cluster/fake-clock.ts'
import { keptLog } from '../world.ts'

const node: NodeEndpoint = { host: '192.168.1.5', port: 8080, fingerprint: 'F'.repeat(43) }
const moved: NodeEndpoint = { ...node, host: '192.168.1.77' }

/** A worker that dials in vain. */
const world = ({ hasJoined = true }: { hasJoined?: boolean } = {}) => {
  const clock = fakeClock()
  const log = keptLog()
  const searches: { last: NodeEndpoint; signal: AbortSignal; end: (found?: NodeEndpoint) => void; fail: () => void }[] =
    []
  const whereabouts = createWhereabouts({
    node,
    hasJoined,
    clock,
    log,
    search: (last, signal) =>
      new Promise((resolve, reject) =>
        searches.push({ last, signal, end: resolve, fail: () => reject(new Error('no socket')) }),
      ),
  })
  /** So many attempts, one every `everyMs`. */
  const miss = async (times: number, everyMs = 10_000) => {
    for (let missed = 0; missed < times; missed += 1) {
      whereabouts.missed()
      await clock.advance(everyMs)
    }
  }
  const ended = async (found?: NodeEndpoint) => {
    searches.at(-1)?.end(found)
    await settle()
  }
  return { clock, log, searches, whereabouts, miss, ended }
}

void t.test('a node is looked for once it was not reached for 30 seconds, at three attempts', async (t) => {
  const { searches, miss } = world()
  await miss(3)
  t.equal(searches.length, 0, 'after 20 seconds')
  await miss(1)
  t.equal(searches.length, 1, 'after 30 seconds')
  t.strictSame(searches[0]?.last, node)
  await miss(20)
  t.equal(searches.length, 1, 'one at a time')
  const patient = world()
  await patient.miss(2, 60_000)
  t.equal(patient.searches.length, 0, 'two attempts tell little')
})

void t.test('an outage that was over begins anew', async (t) => {
  const { searches, whereabouts, miss } = world()
  await miss(3)
  whereabouts.met()
  await miss(3)
  t.equal(searches.length, 0)
})

void t.test(
  'where it was found is dialled from then on, and it is looked for from there when it is lost again',
  async (t) => {
    const { searches, whereabouts, miss, ended } = world()
    await miss(4)
    t.strictSame(whereabouts.endpoint(), node, 'its address is dialled while it is looked for')
    await ended(moved)
    t.strictSame(whereabouts.endpoint(), moved)
    whereabouts.met()
    await miss(4)
    t.strictSame(searches[1]?.last, moved, 'no minute has to pass: it was met meanwhile')
    await ended()
    t.strictSame(whereabouts.endpoint(), moved, 'not found: where it was last')
  },
)

void t.test(
  'it is looked for once a minute at the most, and ever more seldom, up to a quarter of an hour',
  async (t) => {
    const { clock, searches, miss, ended } = world()
    await miss(4)
    const startsMs: number[] = []
    let seen = 1
    await ended()
    const beginMs = clock.monotonic()
    while (startsMs.length < 7) {
      await miss(1, 1000)
      if (searches.length > seen) {
        seen = searches.length
        startsMs.push(clock.monotonic() - beginMs)
        await ended()
      }
    }
    const pauses = startsMs.map((ms, index) => Math.round((ms - (startsMs[index - 1] ?? 0)) / 60_000))
    t.strictSame(pauses, [1, 2, 4, 8, 15, 15, 15])
  },
)

void t.test('who was let in has joined: a stranger at the address of its node is no reason to give up', (t) => {
  const { whereabouts } = world({ hasJoined: false })
  t.equal(whereabouts.mayHaveMoved(), false)
  whereabouts.met()
  t.equal(whereabouts.mayHaveMoved(), true)
  t.equal(world().whereabouts.mayHaveMoved(), true)
  t.end()
})

void t.test('a search that the node has overtaken, or that nobody waits for, changes nothing', async (t) => {
  for (const over of ['met', 'close'] as const) {
    const { searches, whereabouts, miss, ended } = world()
    await miss(4)
    whereabouts[over]()
    t.equal(searches[0]?.signal.aborted, true)
    await ended(moved)
    t.strictSame(whereabouts.endpoint(), node)
  }
})

void t.test('a search that fails is said, and is tried again', async (t) => {
  const { log, searches, miss } = world()
  await miss(4)
  searches[0]?.fail()
  await miss(7)
  t.strictSame(log.lines, ['the search for the node failed'])
  t.equal(searches.length, 2)
})
