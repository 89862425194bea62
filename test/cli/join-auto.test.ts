import t from 'tap'
import { findNodeToJoin } from '../../src/cli/device/join-auto.ts'
import type { RememberedNode } from '../../src/cli/device/remembered-node.ts'
import type { HeardNode } from '../../src/link/dns-sd.ts'
import type { Ways } from '../../src/worker/search/find-node.ts'

const fingerprint = 'F'.repeat(43)
const token = { token: 'T', fingerprint }
const plainToken = { token: 'T', fingerprint: undefined }

const heard = (name: string, address: string, more: Partial<HeardNode> = {}): HeardNode => ({
  name,
  port: 8080,
  fingerprint: undefined,
  addresses: [address],
  ...more,
})

/** A network in which these nodes are heard, and the node with the key is at `at`. */
const network = (nodes: readonly HeardNode[], at?: string, neighbours: readonly string[] = []): Ways => ({
  browse: ({ onHeard }) => {
    for (const node of [...nodes, ...nodes]) onHeard(node)
    return Promise.resolve()
  },
  provesKey: ({ host }) => Promise.resolve(host === at),
  neighbours: () => Promise.resolve(neighbours),
})

const remembered: RememberedNode = {
  host: '192.168.1.5',
  port: 9090,
  fingerprint,
  earlier: [{ host: '192.168.1.6', port: 9090 }],
  others: [],
}

void t.test('with the fingerprint in its token only the node that proves it is joined', async (t) => {
  const first = { token, remembered: undefined }
  const others = [heard('other', '10.0.0.1', { fingerprint: 'G'.repeat(43) }), heard('plain', '10.0.0.2')]
  const node = heard('node', '10.0.0.3', { fingerprint })
  t.strictSame(await findNodeToJoin(first, network([...others, node], '10.0.0.3')), {
    host: '10.0.0.3',
    port: 8080,
    fingerprint,
  })
  t.strictSame(
    await findNodeToJoin(first, network([], '10.0.0.7', ['10.0.0.6', '10.0.0.7'])),
    { host: '10.0.0.7', port: 8080, fingerprint },
    'without multicast, its neighbours are asked',
  )
  await t.rejects(findNodeToJoin(first, network([...others, node])), {
    name: 'StartError',
    exitCode: 1,
    message: /^No node with the key of the token .* \(port 8080\); name the node by --join HOST\[:PORT\]/,
  })
})

void t.test(
  'a device that has joined finds its node by the key that it remembers, and goes on where it does not',
  async (t) => {
    const joined = { token: undefined, remembered }
    const node = heard('node', '10.0.0.3', { fingerprint })
    t.match(await findNodeToJoin(joined, network([node], '10.0.0.3')), { host: '10.0.0.3', port: 8080 })
    t.match(await findNodeToJoin(joined, network([], '192.168.1.6')), { host: '192.168.1.6', port: 9090 })
    t.match(await findNodeToJoin(joined, network([], '10.0.0.9', ['10.0.0.9'])), { host: '10.0.0.9', port: 9090 })
    t.strictSame(await findNodeToJoin(joined, network([])), { host: '192.168.1.5', port: 9090, fingerprint })
    t.match(await findNodeToJoin({ ...joined, token }, network([])), { host: '192.168.1.5' }, 'the same token again')
    const another = { token: { token: 'T', fingerprint: 'G'.repeat(43) }, remembered }
    await t.rejects(findNodeToJoin(another, network([node], '10.0.0.3')), { name: 'StartError' }, 'another node')
  },
)

void t.test('without a fingerprint there must be one node alone, and a plain one', async (t) => {
  const first = { token: plainToken, remembered: undefined }
  t.strictSame(await findNodeToJoin(first, network([heard('node', '10.0.0.3')])), {
    host: '10.0.0.3',
    port: 8080,
    fingerprint: undefined,
  })
  await t.rejects(findNodeToJoin(first, network([heard('a', '10.0.0.3'), heard('b', '10.0.0.4', { port: 9090 })])), {
    name: 'UsageError',
    exitCode: 2,
    message: /several nodes .* 10\.0\.0\.3:8080, 10\.0\.0\.4:9090; name one of them by --join/,
  })
  await t.rejects(findNodeToJoin(first, network([heard('a', '10.0.0.3', { fingerprint })])), {
    name: 'UsageError',
    message: /10\.0\.0\.3:8080 speaks TLS; give the token as it printed it/,
  })
  await t.rejects(findNodeToJoin(first, network([])), { name: 'StartError', message: /name the node by --join/ })
  const plain = { ...remembered, fingerprint: undefined }
  t.match(await findNodeToJoin({ token: undefined, remembered: plain }, network([heard('a', '10.0.0.3')])), {
    host: '192.168.1.5',
  })
})
