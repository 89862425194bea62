import t, { type Test } from 'tap'
import { parseNodes } from '../../src/cli/device/named-nodes.ts'
import { nodesToJoin } from '../../src/cli/device/nodes-to-join.ts'
import { rememberNode } from '../../src/cli/device/remembered-node.ts'
import { workerFlags } from '../../src/cli/device/worker-flags.ts'
import type { Values } from '../../src/cli/options/flag.ts'
import type { NodeEndpoint } from '../../src/link/client/keep-connected.ts'
import { temporaryDirectory } from './programs.ts'

const key = (letter: string) => letter.repeat(43)
const node = (last: number, letter?: string): NodeEndpoint => ({
  host: `10.0.0.${last}`,
  port: 8080,
  fingerprint: letter === undefined ? undefined : key(letter),
})

/** What a worker is started with: `join` as it is written, and the key in its token; null where that has none. */
type Line = { readonly join?: string; readonly tokenKey?: string | null; readonly insecure?: boolean }

/** The nodes that a worker joins in a directory in which these are remembered, the first as the one that it met. */
const joined = async (t: Test, known: readonly NodeEndpoint[], { join, tokenKey, insecure = false }: Line) => {
  const dataDir = temporaryDirectory(t)
  const [met, ...others] = known
  if (met !== undefined) await rememberNode(dataDir, { ...met, earlier: [], others })
  const defaults = Object.fromEntries(Object.entries(workerFlags).map(([name, { fallback }]) => [name, fallback({})]))
  const values = {
    ...(defaults as Values<typeof workerFlags>),
    data_dir: dataDir,
    insecure_link: insecure,
    join: join === undefined ? undefined : parseNodes(join),
    token:
      tokenKey === undefined ? undefined : { token: 'T', fingerprint: tokenKey === null ? undefined : key(tokenKey) },
  }
  return (await nodesToJoin(values)).nodes
}

void t.test('nodes that are named have their own key, or that of the token', async (t) => {
  const line = `10.0.0.1,10.0.0.2#${key('B')}`
  t.strictSame(await joined(t, [], { join: line, tokenKey: 'A' }), [node(1, 'A'), node(2, 'B')])
  t.strictSame(await joined(t, [], { join: '10.0.0.1,10.0.0.1', tokenKey: 'A' }), [node(1, 'A')])
  t.strictSame(await joined(t, [], { join: '10.0.0.1,10.0.0.2', tokenKey: 'A' }), [node(1, 'A'), node(2, 'A')])
  t.strictSame(await joined(t, [], { join: '127.0.0.1,localhost', tokenKey: null }), [
    { ...node(1), host: '127.0.0.1' },
    { ...node(1), host: 'localhost' },
  ])
  await t.rejects(joined(t, [], { join: line, tokenKey: null }), { name: 'UsageError', message: /10\.0\.0\.1 .*plain/ })
  await t.rejects(joined(t, [], {}), { name: 'UsageError', message: /has not joined a cluster yet/ })
})

void t.test('a later start knows all nodes of last time, with or without a name', async (t) => {
  const known = [node(2, 'B'), node(1, 'A'), node(3, 'C')]
  t.strictSame(await joined(t, known, {}), known)
  t.strictSame(await joined(t, known, { join: '10.0.0.1' }), [node(1, 'A'), node(2, 'B'), node(3, 'C')])
  t.strictSame(await joined(t, known, { join: '10.0.0.1', tokenKey: 'A' }), [node(1, 'A'), node(2, 'B'), node(3, 'C')])
})

void t.test('a node that is named by another address is the one that has its key', async (t) => {
  const known = [node(2, 'B'), node(1, 'A')]
  t.strictSame(await joined(t, known, { join: '10.0.0.9' }), [node(9, 'B'), node(1, 'A')])
  t.strictSame(await joined(t, [node(2, 'B')], { join: '10.0.0.9' }), [node(9, 'B')], 'as it was with one node')
  t.strictSame(
    await joined(t, [node(3, 'B')], { join: '10.0.0.1,10.0.0.2', tokenKey: 'B' }),
    [node(1, 'B'), node(2, 'B'), node(3, 'B')],
    'where those that are named share a key, the one of last time may be a third',
  )
  const shared = [node(2, 'B'), node(1, 'B')]
  t.strictSame(
    await joined(t, shared, { join: '10.0.0.9' }),
    [node(9, 'B'), ...shared],
    'where nodes share one, nothing is known',
  )
})

void t.test('another cluster has nothing of the last one', async (t) => {
  const known = [node(2, 'B'), node(1, 'A')]
  t.strictSame(await joined(t, known, { join: '10.0.0.9', tokenKey: 'Z' }), [node(9, 'Z')])
  t.strictSame(await joined(t, known, { tokenKey: 'Z' }), [node(2, 'Z')])
  const here = [
    { ...node(0), host: '127.0.0.1' },
    { ...node(0), host: '127.0.0.2' },
  ]
  t.strictSame(await joined(t, here, { join: '127.0.0.2' }), here.toReversed())
  t.strictSame(
    await joined(t, here, { join: '127.0.0.3' }),
    [{ ...node(0), host: '127.0.0.3' }],
    'a plain one is its address',
  )
})

void t.test('a plain node of last time is dialled over a network only where that is said', async (t) => {
  const known = [node(2, 'B'), node(1)]
  t.strictSame(await joined(t, known, {}), [node(2, 'B')])
  t.strictSame(await joined(t, known, { insecure: true }), known)
})
