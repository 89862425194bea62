import t from 'tap'
import type { Claim } from '../../../src/link/client/proves-key.ts'
import type { HeardNode } from '../../../src/link/dns-sd.ts'
import { findNode, type Ways, type WantedNode } from '../../../src/worker/search/find-node.ts'

const fingerprint = 'F'.repeat(43)
const wanted: WantedNode = {
  fingerprint,
  port: 8080,
  places: [
    { host: '192.168.1.5', port: 8080 },
    { host: 'nas.local', port: 9090 },
  ],
}
const nobody = new AbortController().signal

const heard = (more: Partial<HeardNode>): HeardNode => ({
  name: 'node',
  port: 8080,
  fingerprint,
  addresses: ['192.168.1.9'],
  ...more,
})

/** Ways of a network in which the node is at `at`; notes who was asked, in turn. */
const network = (at: string | undefined, { multicast = [] as HeardNode[], neighbours = [] as string[] } = {}) => {
  const asked: string[] = []
  const near: string[] = []
  let atATime = 0
  let mostAtATime = 0
  const ways: Ways = {
    browse: ({ onHeard }) => {
      for (const node of multicast) onHeard(node)
      return Promise.resolve()
    },
    provesKey: async ({ host, port, fingerprint: key }: Claim) => {
      asked.push(`${host}:${port}`)
      mostAtATime = Math.max(mostAtATime, (atATime += 1))
      await new Promise(setImmediate)
      atATime -= 1
      return key === fingerprint && `${host}:${port}` === at
    },
    neighbours: (address) => {
      near.push(address)
      return Promise.resolve(neighbours)
    },
  }
  return { ways, asked, near, mostAtATime: () => mostAtATime }
}

void t.test('it is found by multicast DNS first, and nobody else is asked', async (t) => {
  const { ways, asked, near } = network('192.168.1.9:8081', { multicast: [heard({ port: 8081 })] })
  t.strictSame(await findNode(wanted, nobody, ways), { host: '192.168.1.9', port: 8081, fingerprint })
  t.strictSame([asked, near], [['192.168.1.9:8081'], []])
})

void t.test('of those that are heard only who says to have the key is asked, each address once', async (t) => {
  const multicast = [
    heard({ fingerprint: 'G'.repeat(43), addresses: ['10.0.0.1'] }),
    heard({ fingerprint: undefined, addresses: ['10.0.0.2'] }),
    heard({ addresses: ['10.0.0.3', '10.0.0.4'] }),
    heard({ addresses: ['10.0.0.3', '10.0.0.4'] }),
  ]
  const { ways, asked } = network('10.0.0.4:8080', { multicast })
  t.match(await findNode(wanted, nobody, ways), { host: '10.0.0.4' })
  t.strictSame(asked, ['10.0.0.3:8080', '10.0.0.4:8080'])
})

void t.test('who says so, and cannot prove it, keeps nobody from finding the node where it was', async (t) => {
  const liars = Array.from({ length: 500 }, (_, index) => heard({ addresses: [`10.1.${index >> 8}.${index & 255}`] }))
  const { ways, asked, near } = network('nas.local:9090', { multicast: liars })
  t.strictSame(await findNode(wanted, nobody, ways), { host: 'nas.local', port: 9090, fingerprint })
  t.equal(asked.length, 64 + 2, 'the liars are not asked without end')
  t.strictSame(near, [])
})

void t.test('its neighbours are asked last, on the known port, 16 at a time, and not after it was found', async (t) => {
  const neighbours = Array.from({ length: 256 }, (_, index) => `192.168.1.${index}`)
  const { ways, asked, near, mostAtATime } = network('192.168.1.40:8080', { neighbours })
  t.match(await findNode({ ...wanted, port: 8080 }, nobody, ways), { host: '192.168.1.40', port: 8080 })
  t.strictSame(near, ['192.168.1.5'], 'those of the network in which it was')
  t.strictSame(asked.slice(0, 2), ['192.168.1.5:8080', 'nas.local:9090'])
  t.equal(mostAtATime(), 16)
  t.ok(asked.length < 2 + 64, `${asked.length} were asked`)
})

void t.test('a node that is nowhere is not found, and everybody was asked', async (t) => {
  const neighbours = Array.from({ length: 40 }, (_, index) => `192.168.1.${index + 100}`)
  const { ways, asked } = network(undefined, { multicast: [heard({})], neighbours })
  t.equal(await findNode(wanted, nobody, ways), undefined)
  t.equal(asked.length, 1 + 2 + 40)
})

void t.test('a search that nobody waits for ends', async (t) => {
  const over = new AbortController()
  const { ways, near } = network(undefined, { neighbours: ['192.168.1.7'] })
  over.abort()
  t.equal(await findNode(wanted, over.signal, ways), undefined)
  t.strictSame(near, [])
})
