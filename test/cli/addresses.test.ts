import t from 'tap'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseNodes } from '../../src/cli/device/named-nodes.ts'
import { formatAddress, parseAddress } from '../../src/cli/device/node-address.ts'
import { rememberedNode, remembering, rememberNode } from '../../src/cli/device/remembered-node.ts'
import { StartError, UsageError } from '../../src/cli/failure.ts'
import { refuseExposure } from '../../src/cli/server/exposure.ts'
import { keptToken } from '../../src/cli/server/tokens.ts'
import { localHost, reachableHost } from '../../src/cli/server/lan-address.ts'
import { inUrl, isLoopback } from '../../src/link/address.ts'
import { temporaryDirectory } from './programs.ts'

void t.test('--join takes HOST or HOST:PORT, IPv6 in brackets', (t) => {
  const addresses = {
    'nas.local': { host: 'nas.local', port: 8080 },
    '192.168.1.100': { host: '192.168.1.100', port: 8080 },
    '192.168.1.100:9090': { host: '192.168.1.100', port: 9090 },
    '[fd00::1]': { host: 'fd00::1', port: 8080 },
    '[fd00::1]:1': { host: 'fd00::1', port: 1 },
  }
  for (const [written, address] of Object.entries(addresses)) {
    t.strictSame(parseAddress(written), address, written)
    t.strictSame(parseAddress(formatAddress(address)), address, `${written} written and read again`)
  }
  for (const bad of [
    '',
    ':8080',
    'fd00::1',
    '[fd00::1',
    '[nas]',
    'nas:0',
    'nas:65536',
    'nas:08',
    'http://nas',
    'nas/x',
    'a b',
  ])
    t.equal(parseAddress(bad), undefined, bad)
  t.end()
})

void t.test('--join takes several nodes, each with a key of its own where it has one', (t) => {
  const fingerprint = 'F'.repeat(43)
  t.strictSame(parseNodes(`nas, [fd00::1]:9#${fingerprint},10.0.0.3`), [
    { host: 'nas', port: 8080, fingerprint: undefined },
    { host: 'fd00::1', port: 9, fingerprint },
    { host: '10.0.0.3', port: 8080, fingerprint: undefined },
  ])
  for (const bad of ['', 'nas,', ',nas', 'nas#', 'nas#short', `nas#${fingerprint}#`, `#${fingerprint}`, 'nas;tv'])
    t.equal(parseNodes(bad), undefined, bad)
  t.equal(parseNodes(Array(32).fill('nas').join())?.length, 32)
  t.equal(parseNodes(Array(33).fill('nas').join()), undefined)
  t.end()
})

void t.test('the node of last time is remembered, and a broken memory is said', async (t) => {
  const directory = temporaryDirectory(t)
  t.equal(await rememberedNode(directory), undefined)
  for (const fingerprint of [undefined, 'F'.repeat(43)]) {
    const node = { host: 'fd00::1', port: 9, fingerprint, earlier: [], others: [] }
    await rememberNode(directory, node)
    t.strictSame(await rememberedNode(directory), node)
  }
  writeFileSync(join(directory, 'node-address'), `192.168.1.1:8080 ${'F'.repeat(43)}`)
  t.strictSame(
    await rememberedNode(directory),
    { host: '192.168.1.1', port: 8080, fingerprint: 'F'.repeat(43), earlier: [], others: [] },
    'as workers kept it that knew one address alone',
  )
  for (const broken of ['no address', '192.168.1.1:8080 half-a-fingerprint']) {
    writeFileSync(join(directory, 'node-address'), `${broken}\n`)
    await t.rejects(rememberedNode(directory), { name: 'StartError', exitCode: 1 })
  }
})

void t.test(
  'of a node that is known by its key the last eight addresses are remembered, the latest first',
  async (t) => {
    const directory = temporaryDirectory(t)
    const fingerprint = 'F'.repeat(43)
    const at = (last: number) => ({ host: `192.168.1.${last}`, port: 8080, fingerprint })
    let node = remembering(at(0), undefined)
    for (let last = 1; last < 12; last += 1) node = remembering(at(last), node)
    node = remembering(at(7), node)
    await rememberNode(directory, node)
    const kept = await rememberedNode(directory)
    t.strictSame(kept, node)
    t.strictSame(
      [kept, ...(kept?.earlier ?? [])].map((place) => place?.host),
      [7, 11, 10, 9, 8, 6, 5, 4].map((last) => `192.168.1.${last}`),
    )
    const another = { ...at(1), fingerprint: 'G'.repeat(43) }
    t.strictSame(remembering(another, node).earlier, [], 'another node was never there')
    const plain = { ...at(1), fingerprint: undefined }
    t.strictSame(remembering({ ...plain, host: 'nas' }, remembering(plain, undefined)).earlier, [], 'nor a plain one')
  },
)

void t.test('the other nodes of the cluster are remembered, in a file that older workers read', async (t) => {
  const directory = temporaryDirectory(t)
  const at = (last: number, letter: string) => ({ host: `10.0.0.${last}`, port: 8080, fingerprint: letter.repeat(43) })
  const [one, two, three] = [at(1, 'A'), at(2, 'B'), { host: 'fd00::1', port: 9, fingerprint: undefined }]
  const before = remembering({ ...two, host: '10.0.0.9' }, undefined)
  const node = remembering(two, before, [three, two, one])
  t.strictSame(node.others, [one, three], 'in the order of their addresses, whichever this device prefers')
  await rememberNode(directory, node)
  t.strictSame(await rememberedNode(directory), node)
  t.equal(
    readFileSync(join(directory, 'node-address'), 'utf8'),
    `10.0.0.2:8080 ${two.fingerprint}\n10.0.0.9:8080\n10.0.0.1:8080 ${one.fingerprint}\n[fd00::1]:9 plain\n`,
    'each line but the first that has more than an address is none to a worker that knows one node',
  )
  t.strictSame(remembering(one, node, [one, two]).earlier, [], 'where another node was this one was not')
})

void t.test('what listens off loopback needs --auth or --insecure', (t) => {
  for (const host of ['127.0.0.1', '127.8.9.1', '::1', 'localhost', '::ffff:127.0.0.1']) t.ok(isLoopback(host), host)
  for (const host of ['0.0.0.0', '::', '192.168.1.1', 'nas.local', '127.nas.local', 'fd00::1', '0'])
    t.notOk(isLoopback(host), host)
  const exposed = { host: '0.0.0.0', auth: false, insecure: false, keyFlag: false }
  t.throws(() => refuseExposure(exposed), UsageError)
  t.throws(() => refuseExposure({ ...exposed, host: '127.0.0.1', keyFlag: true }), UsageError)
  t.doesNotThrow(() => refuseExposure({ ...exposed, auth: true }))
  t.doesNotThrow(() => refuseExposure({ ...exposed, insecure: true }))
  t.doesNotThrow(() => refuseExposure({ ...exposed, host: '127.0.0.1' }))
  t.end()
})

void t.test('devices are told an address that they can reach', async (t) => {
  t.equal(await reachableHost('192.168.1.5'), '192.168.1.5')
  t.notMatch(await reachableHost('0.0.0.0'), /^(0\.0\.0\.0|)$/)
  t.equal(localHost('0.0.0.0'), '127.0.0.1')
  t.equal(localHost('::'), '::1')
  t.equal(localHost('10.0.0.1'), '10.0.0.1')
  t.equal(inUrl('::1'), '[::1]')
  t.equal(inUrl('nas'), 'nas')
})

void t.test('the join token is made once and kept, and a file without one is said', async (t) => {
  const directory = temporaryDirectory(t)
  const token = await keptToken(directory, 'join-token')
  t.equal(await keptToken(directory, 'join-token'), token)
  writeFileSync(join(directory, 'join-token'), '\n')
  await t.rejects(keptToken(directory, 'join-token'), StartError)
  const blocked = temporaryDirectory(t)
  mkdirSync(join(blocked, 'join-token'))
  await t.rejects(keptToken(blocked, 'join-token'), StartError)
})
