import t from 'tap'
import { type NodeEndpoint, WrongKey } from '../../../src/link/client/keep-connected.ts'
import { createWhereabouts, type Nodes } from '../../../src/worker/search/whereabouts.ts'
import { fakeClock, settle } from '../../cluster/fake-clock.ts'
import { keptLog } from '../world.ts'

const node: NodeEndpoint = { host: '192.168.1.5', port: 8080, fingerprint: 'F'.repeat(43) }
const moved: NodeEndpoint = { ...node, host: '192.168.1.77' }
const second: NodeEndpoint = { host: '192.168.1.6', port: 8080, fingerprint: 'G'.repeat(43) }
const third: NodeEndpoint = { host: '192.168.1.7', port: 8080, fingerprint: 'H'.repeat(43) }

/** A worker that dials in vain. */
const world = ({
  hasJoined = true,
  nodes = [node],
  share,
}: { hasJoined?: boolean; nodes?: Nodes; share?: () => number } = {}) => {
  const clock = fakeClock()
  const log = keptLog()
  const searches: { last: NodeEndpoint; signal: AbortSignal; end: (found?: NodeEndpoint) => void; fail: () => void }[] =
    []
  const whereabouts = createWhereabouts({
    nodes,
    hasJoined,
    ...(share && { share }),
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
  whereabouts.met(whereabouts.endpoint())
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
    whereabouts.met(whereabouts.endpoint())
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
  whereabouts.met(whereabouts.endpoint())
  t.equal(whereabouts.mayHaveMoved(), true)
  t.equal(world().whereabouts.mayHaveMoved(), true)
  t.end()
})

void t.test('a search that the node has overtaken, or that nobody waits for, changes nothing', async (t) => {
  for (const over of ['met', 'close'] as const) {
    const { searches, whereabouts, miss, ended } = world()
    await miss(4)
    if (over === 'met') whereabouts.met(node)
    else whereabouts.close()
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

/** No choice of chance: the last of what is left, so that an order stays as it is. */
const asNamed = () => 0.999

/** The host at which a device is, and those to which it goes one after the other from there, finding nobody. */
const round = ({ endpoint, left }: ReturnType<typeof createWhereabouts>, times: number) =>
  Array.from({ length: times }, () => {
    const at = endpoint()
    left(at)
    return at.host
  })

void t.test('of several nodes each has its turn, the one that was left last', (t) => {
  const { whereabouts } = world({ nodes: [node, second, third], share: asNamed })
  t.equal(whereabouts.count(), 3)
  const hosts = [node, second, third].map(({ host }) => host)
  t.strictSame(round(whereabouts, 6), [...hosts, ...hosts])
  whereabouts.left(third)
  t.strictSame(whereabouts.endpoint(), node, 'of one that is not dialled nothing is left')
  t.end()
})

void t.test('a thousand devices spread over three nodes, and those of one that is gone over the others', (t) => {
  const devices = Array.from({ length: 1000 }, () => world({ nodes: [node, second, third] }).whereabouts)
  const most = (of: typeof devices) => {
    const counts = Map.groupBy(of, ({ endpoint }) => endpoint().host)
    return Math.max(...[...counts.values()].map(({ length }) => length)) / of.length
  }
  t.ok(most(devices) < 0.45, `${most(devices)} are at one node`)
  for (const { met, endpoint } of devices) met(endpoint())
  const lost = devices.filter(({ endpoint }) => endpoint() === node)
  for (const { left } of lost) left(node)
  // Half of 333; that 70 % of them go to one node happens once in 10^13.
  t.ok(most(lost) < 0.7, `${most(lost)} of those of a node that is gone go to the same other`)
  t.end()
})

void t.test('a list is taken from the node that was met, which stays whatever it says', (t) => {
  const { log, whereabouts } = world({ share: asNamed })
  whereabouts.met(whereabouts.endpoint())
  whereabouts.told([second, node, third])
  t.strictSame(whereabouts.all(), [node, second, third])
  whereabouts.told([third, second])
  t.strictSame(whereabouts.all(), [node, second, third], 'where it is told no more of the one at which it is')
  const fourth = { ...node, host: '192.168.1.8', fingerprint: 'I'.repeat(43) }
  whereabouts.left(node)
  whereabouts.met(whereabouts.endpoint())
  whereabouts.told([third, fourth])
  t.strictSame(whereabouts.all(), [second, third, fourth], 'one that is on no list any more is forgotten')
  whereabouts.told([second])
  t.strictSame(whereabouts.all(), [second, third, fourth], 'but not where less than three would be left')
  whereabouts.told([second, { ...third, host: moved.host }])
  t.strictSame(
    whereabouts.all(),
    [second, { ...third, host: moved.host }, fourth],
    'nor is one known where it was before',
  )
  t.strictSame(whereabouts.home(), second)
  t.strictSame(log.lines, [])
  t.end()
})

void t.test('a list that names nobody, or for which nobody vouches, changes nothing and is said', (t) => {
  const ignored = 'a list of nodes is ignored: nobody vouches for it, or it names none'
  const { log, whereabouts } = world({ nodes: [node, second], share: asNamed })
  whereabouts.met(whereabouts.endpoint())
  whereabouts.told([])
  whereabouts.told([{ ...third, fingerprint: undefined }])
  t.strictSame(whereabouts.all(), [node, second])
  t.strictSame(log.lines, [ignored, ignored])
  const plain = world({ nodes: [{ ...node, fingerprint: undefined }] })
  plain.whereabouts.met(plain.whereabouts.endpoint())
  plain.whereabouts.told([second])
  t.equal(plain.whereabouts.count(), 1)
  t.strictSame(plain.log.lines, [ignored])
  t.end()
})

void t.test('strangers at some of several addresses are no reason to give up; at all of them they are', (t) => {
  const { whereabouts } = world({ hasJoined: false, nodes: [node, second] })
  const stranger = new WrongKey('another key')
  whereabouts.missed(stranger)
  t.ok(whereabouts.mayHaveMoved())
  whereabouts.missed()
  whereabouts.missed(stranger)
  t.ok(whereabouts.mayHaveMoved(), 'one of the two may come up yet')
  whereabouts.missed(stranger)
  t.notOk(whereabouts.mayHaveMoved())
  t.end()
})

void t.test(
  'where none of several is reached, the one that was met last is looked for, and dialled where it is',
  async (t) => {
    const { searches, whereabouts, miss, ended } = world({ nodes: [node, second], share: asNamed })
    whereabouts.left(node)
    whereabouts.met(whereabouts.endpoint())
    whereabouts.left(second)
    await miss(4)
    t.strictSame(searches[0]?.last, second)
    await ended({ ...second, host: '192.168.1.99' })
    whereabouts.left(node)
    t.equal(whereabouts.endpoint().host, '192.168.1.99')
    t.strictSame(
      whereabouts.all().map(({ host }) => host),
      ['192.168.1.99', node.host],
      'no more where it was',
    )
  },
)

void t.test('where it is let in while another was found, it is with the one that let it in', async (t) => {
  const { whereabouts, miss, ended } = world({ nodes: [node, second], share: asNamed })
  await miss(4)
  await ended(moved)
  t.strictSame(whereabouts.endpoint(), moved)
  whereabouts.met(second)
  t.strictSame([whereabouts.home(), ...whereabouts.all()], [second, second, moved])
})
