import { once } from 'node:events'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import type { Deed } from '../../schemas/access.ts'
import type { ArtifactOperations } from '../../src/cluster/cluster.ts'
import type { ClusterError } from '../../src/cluster/errors.ts'
import { connectCluster } from '../../src/link/cluster/remote.ts'
import { createWorld, type World } from '../cluster/world.ts'
import { sha256Of } from '../store/files/world.ts'
import { makeCertificate } from './certificates.ts'
import { ask } from './files-world.ts'
import { silent, startServer, until } from './link-world.ts'

const TOKEN = 'cluster-token-of-the-test'
const { certificate, fingerprint } = await makeCertificate(t)
const other = await makeCertificate(t)

const serve = (t: Test, { node }: World, more: Parameters<typeof startServer>[1] = {}) =>
  startServer(t, {
    gate: node.gate,
    fileGate: node.fileGate,
    door: { cluster: node.cluster, token: TOKEN, version: '0.1.0' },
    ...more,
  })

const connect = (t: Test, port: number, { token = TOKEN, pin }: { token?: string; pin?: string } = {}) => {
  const printed = { token, fingerprint: pin }
  const remote = connectCluster({ host: '127.0.0.1', port, token: printed, version: '0.1.0', log: silent })
  t.teardown(() => remote.close())
  return remote
}

const openBoth = async (t: Test, pinned: Parameters<typeof createWorld>[1] = {}) => {
  const world = await createWorld(t, pinned)
  const { port } = await serve(t, world)
  const { cluster, reached } = connect(t, port)
  await reached
  return { world, port, cluster, local: world.node.cluster }
}

const bodyOf = (content: string) => Readable.from([Buffer.from(content)], { objectMode: false })
const hello = sha256Of(Buffer.from('hello, files'))

void t.test('files come and go through a node elsewhere as through one in the process', async (t) => {
  const { cluster, local } = await openBoth(t)
  const stored = await cluster.artifacts.store({ sha256: null, offset: 0, body: bodyOf('hello, files') })
  t.match(stored, { sha256: hello, bytes: 12 })
  t.same(stored, await local.artifacts.get({ sha256: hello }))
  const read = async (start: number, end?: number) => {
    const input = { sha256: hello, start, ...(end === undefined ? {} : { end }) }
    const { artifact, body } = await cluster.artifacts.open(input)
    t.equal(artifact.bytes, 12)
    return text(body)
  }
  t.equal(await read(0), 'hello, files')
  t.equal(await read(7), 'files')
  t.equal(await read(0, 5), 'hello')
  const again = await cluster.artifacts.store({ sha256: hello, offset: 0, body: bodyOf('hello, files') })
  t.match(again, { sha256: hello, bytes: 12 }, 'what is there already is told so')
})

void t.test('the errors of a node elsewhere are those of one in the process', async (t) => {
  const { cluster, local } = await openBoth(t, { files: { max_file_size: '1MB' } })
  await local.artifacts.store({ sha256: hello, offset: 0, body: bodyOf('hello, files') })
  const nothing = '0'.repeat(64)
  const large = Buffer.alloc(2_000_000)
  const attempts: Record<string, (artifacts: ArtifactOperations) => Promise<unknown>> = {
    'a file that is not there': (artifacts) => artifacts.open({ sha256: nothing, start: 0 }),
    'a start beyond its end': (artifacts) => artifacts.open({ sha256: hello, start: 13 }),
    'another content': (artifacts) => artifacts.store({ sha256: nothing, offset: 0, body: bodyOf('something') }),
    'a beginning that is not there': (artifacts) =>
      artifacts.store({ sha256: nothing, offset: 5, body: bodyOf('something') }),
    'too large a file': (artifacts) =>
      artifacts.store({ sha256: null, offset: 0, body: Readable.from([large], { objectMode: false }) }),
  }
  for (const [what, attempt] of Object.entries(attempts)) {
    const told = (await attempt(local.artifacts).catch((error: unknown) => error)) as ClusterError
    t.match(told, { name: 'ClusterError' }, what)
    await t.rejects(attempt(cluster.artifacts), { code: told.code, details: told.details }, what)
  }
})

void t.test('a body that breaks off leaves its beginning at the node, and is gone on with', async (t) => {
  const { cluster } = await openBoth(t)
  const body = new PassThrough()
  body.on('error', () => undefined)
  const storing = cluster.artifacts.store({ sha256: hello, offset: 0, body })
  const failed = t.rejects(storing, { code: 'VALIDATION_ERROR', details: { issues: [{ in: 'body' }] } })
  body.write('hello, ')
  setTimeout(() => body.destroy(new Error('the client is gone')), 100)
  await failed
  let here = 0
  for (const deadline = Date.now() + 5000; here === 0 && Date.now() < deadline;) {
    const { partial } = await cluster.artifacts.missing({ sha256: [hello] })
    here = partial[0]?.bytes ?? 0
  }
  t.equal(here, 7)
  t.match(await cluster.artifacts.store({ sha256: hello, offset: 7, body: bodyOf('files') }), { bytes: 12 })
})

void t.test('whoever reads and stops early lets the node go', async (t) => {
  const { cluster, local } = await openBoth(t)
  const content = Buffer.alloc(9_000_000, 'a')
  const { sha256 } = await local.artifacts.store({
    sha256: null,
    offset: 0,
    body: Readable.from([content], { objectMode: false }),
  })
  const { body } = await cluster.artifacts.open({ sha256, start: 0 })
  await once(body, 'readable')
  body.destroy()
  t.match(await cluster.artifacts.open({ sha256, start: content.length - 1 }).then((open) => text(open.body)), 'a')
})

void t.test('a deed goes with the file into the audit log', async (t) => {
  const { cluster, local } = await openBoth(t)
  const deed: Deed = {
    key_id: null,
    address: '192.0.2.7',
    operation: 'storeArtifact',
    target: hello,
    target_at: null,
    outcome: 201,
    details: {},
  }
  await cluster.acting(deed, () => cluster.artifacts.store({ sha256: null, offset: 0, body: bodyOf('hello, files') }))
  const { entries } = await local.audit.list({})
  t.match(entries[0], { operation: 'storeArtifact', target: hello, address: '192.0.2.7' })
})

void t.test('only the cluster token opens it, and it opens nothing of what devices are served', async (t) => {
  const { world, port } = await openBoth(t)
  const { cluster: wrong } = connect(t, port, { token: 'another' })
  await t.rejects(wrong.artifacts.open({ sha256: hello, start: 0 }), { code: 'CLUSTER_UNAVAILABLE' })
  const storing = wrong.artifacts.store({ sha256: null, offset: 0, body: bodyOf('hello, files') })
  await t.rejects(storing, { code: 'CLUSTER_UNAVAILABLE', details: { reason: /token is not valid/ } })
  t.same(world.files.hashes, [])
  const headers = { authorization: `Bearer ${TOKEN}` }
  t.match(await ask(port, 'GET', `/files/${hello}`, { headers }), { status: 401 }, 'it is no credential of a device')
  t.match(await ask(port, 'PUT', '/cluster/files', { headers }), { status: 405 })
  t.match(await ask(port, 'GET', `/cluster/files/${hello}`), { status: 401 })
})

void t.test('a node that cannot be reached is told so', async (t) => {
  const world = await createWorld(t)
  const server = await serve(t, world)
  const { cluster } = connect(t, server.port)
  await server.close()
  await t.rejects(cluster.artifacts.open({ sha256: hello, start: 0 }), { code: 'CLUSTER_UNAVAILABLE' })
  await t.rejects(cluster.artifacts.store({ sha256: null, offset: 0, body: bodyOf('hello') }), {
    code: 'CLUSTER_UNAVAILABLE',
  })
  const none = connectCluster({ host: '127.0.0.1', port: 1, token: undefined, version: '0.1.0', log: silent })
  t.teardown(() => none.close())
  await t.rejects(none.cluster.artifacts.open({ sha256: hello, start: 0 }), {
    code: 'CLUSTER_UNAVAILABLE',
    details: { reason: /no --cluster-token/ },
  })
})

void t.test('under TLS the node is known by its key; another one is told nothing, not even the token', async (t) => {
  const world = await createWorld(t)
  const { port } = await serve(t, world, { certificate })
  const { cluster } = connect(t, port, { pin: fingerprint })
  await cluster.artifacts.store({ sha256: hello, offset: 0, body: bodyOf('hello, files') })
  t.equal(await text((await cluster.artifacts.open({ sha256: hello, start: 0 })).body), 'hello, files')

  let told = 0
  const stranger = createSecureServer(other.certificate, () => (told += 1))
  let ended = 0
  stranger.on('connection', (socket: Socket) => socket.once('close', () => (ended += 1)))
  stranger.on('checkContinue', () => (told += 1))
  stranger.listen(0, '127.0.0.1')
  await once(stranger, 'listening')
  t.teardown(() => stranger.close())
  const { cluster: deceived } = connect(t, (stranger.address() as AddressInfo).port, { pin: fingerprint })
  const refused = { code: 'CLUSTER_UNAVAILABLE', details: { reason: /has another key/ } }
  await t.rejects(deceived.artifacts.store({ sha256: null, offset: 0, body: bodyOf('hello') }), refused)
  await t.rejects(deceived.artifacts.open({ sha256: hello, start: 0 }), refused)
  await until('both to have been tried', () => ended >= 2)
  t.equal(told, 0)
})
