import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { NodeEndpoint } from '../../../src/link/client/keep-connected.ts'
import { believed, isSame, joinedWith, shuffled } from '../../../src/worker/search/node-list.ts'

const key = (letter: string) => letter.repeat(43)
const node = (host: string, letter?: string): NodeEndpoint => ({
  host,
  port: 8080,
  fingerprint: letter === undefined ? undefined : key(letter),
})

const anyNode = fc.record({
  host: fc.constantFrom('10.0.0.1', '10.0.0.2', 'nas.local', '127.0.0.1', 'fd00::1', '::x'),
  port: fc.constantFrom(8080, 9090),
  fingerprint: fc.constantFrom(undefined, key('A'), key('B'), key('C')),
})
/** These numbers, one after the other. */
const sequence = (...numbers: number[]) => {
  const waiting = [...numbers]
  return () => waiting.shift() ?? 0
}

void t.test('an order by chance holds the same nodes, and each order comes of another chance', (t) => {
  const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer()), fc.infiniteStream(share), (nodes, shares) => {
      assert.deepEqual(sorted(shuffled(nodes, () => shares.next().value as number)), sorted(nodes))
    }),
  )
  const orders = [0, 1 / 3, 2 / 3].flatMap((one) => [0, 0.5].map((other) => shuffled([1, 2, 3], sequence(one, other))))
  t.equal(new Set(orders.map(String)).size, 6)
  t.end()
})

void t.test('a list is believed that came over a link with a proven key, or from this machine', (t) => {
  const told = [node('10.0.0.1', 'A'), node('10.0.0.2', 'B')]
  t.strictSame(believed(node('10.0.0.1', 'A'), told), told)
  t.strictSame(believed(node('127.0.0.1'), told), told)
  t.strictSame(believed(node('10.0.0.1'), told), [], 'what came over a plain link anybody may have written')
  t.end()
})

void t.test('nobody is spoken to in the clear because a list says so', (t) => {
  const plain = [node('10.0.0.3'), node('127.0.0.1')]
  t.strictSame(believed(node('10.0.0.1', 'A'), plain), [])
  t.strictSame(believed(node('127.0.0.1', 'A'), plain), [], 'who knows a key stays with keys')
  t.strictSame(believed(node('127.0.0.1'), plain), [node('127.0.0.1')])
  t.end()
})

void t.test('what is no address, and what is named twice, is left out', (t) => {
  const good = node('fd00::1', 'A')
  t.strictSame(believed(good, [good, node('::::', 'B'), { ...good }]), [good])
  t.end()
})

void t.test('a node is the same under another address where its key is its own', (t) => {
  const named = node('nas.local', 'A')
  t.strictSame(joinedWith([named], [node('10.0.0.1', 'A'), node('10.0.0.2', 'B')]), [named, node('10.0.0.2', 'B')])
  const shared = [node('10.0.0.1', 'A'), node('10.0.0.2', 'A')]
  t.strictSame(
    joinedWith([named], shared),
    [named, ...shared],
    'nodes that share a key are told apart by their addresses',
  )
  t.strictSame(joinedWith([node('10.0.0.1')], [node('10.0.0.2')]), [node('10.0.0.1'), node('10.0.0.2')])
  t.end()
})

void t.test('whatever a list says, the node that works stays, none stands there twice, and none is made up', (t) => {
  const isOneOf = (nodes: readonly NodeEndpoint[], one: NodeEndpoint) => nodes.some((node) => isSame(node, one))
  fc.assert(
    fc.property(anyNode, fc.array(anyNode, { maxLength: 12 }), (teller, told) => {
      const heard = believed(teller, told)
      const [first, ...others] = joinedWith([teller], heard)
      assert.deepEqual(first, teller)
      assert.ok(others.every((one, index) => isOneOf(told, one) && !isOneOf([teller, ...others.slice(0, index)], one)))
      if (teller.fingerprint !== undefined) assert.ok(heard.every(({ fingerprint }) => fingerprint !== undefined))
    }),
  )
  t.end()
})
