import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import type { Deed } from '../../schemas/access.ts'
import type { Artifact } from '../../schemas/artifact.ts'
import type { ArtifactOperations } from '../../src/cluster/cluster.ts'
import { ClusterError } from '../../src/cluster/errors.ts'
import { remoteFiles } from '../../src/link/cluster/remote-files.ts'
import { connectCluster } from '../../src/link/cluster/remote.ts'
import { ARTIFACT_HEADER } from '../../src/link/file-paths.ts'
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
    fileGate: () => node.fileGate,
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
  const { cluster, world } = await openBoth(t)
  const body = new PassThrough()
  body.on('error', () => undefined)
  const storing = cluster.artifacts.store({ sha256: hello, offset: 0, body })
  const failed = t.rejects(storing, { code: 'VALIDATION_ERROR', details: { issues: [{ in: 'body' }] } })
  body.write('hello, ')
  await until('it has come to the node', () => world.files.arrived(hello) === 7)
  body.destroy(new Error('the client is gone'))
  await failed
  let here = 0
  await until('its beginning waits for the rest', async () => {
    const { partial } = await cluster.artifacts.missing({ sha256: [hello] })
    here = partial[0]?.bytes ?? 0
    return here > 0
  })
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

/** The files of what answers there, which is given up after a short silence; they end with the test. */
const nodeThat = async (t: Test, answers: (request: IncomingMessage, response: ServerResponse) => void) => {
  let ended = 0
  const asked: IncomingMessage[] = []
  const take = (request: IncomingMessage, response: ServerResponse) => {
    asked.push(request)
    answers(request, response)
  }
  const server = createServer(take).on('checkContinue', take)
  server.on('connection', (socket: Socket) => socket.once('close', () => (ended += 1)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  const node = {
    ...{ host: '127.0.0.1', port, token: { token: TOKEN, fingerprint: undefined }, deed: () => undefined },
    unavailable: (reason: string) => new ClusterError('CLUSTER_UNAVAILABLE', { reason }),
  }
  /** Whether the only connection is closed, which shows once all of it was read. */
  const isLeft = () => {
    for (const request of asked) request.resume()
    return ended === 1
  }
  return { files: remoteFiles(node, { silenceMs: 100 }), patient: remoteFiles(node), isLeft }
}

/** What the node tells of it. */
const helloArtifact: Artifact = {
  ...{ sha256: hello, bytes: 12 },
  ...{ used_at: '2026-11-24T12:00:00.000Z', expires_at: '2026-12-01T12:00:00.000Z' },
}

/** More than all buffers on the way hold. */
const LARGE = Buffer.alloc(64 * 1024 * 1024)

void t.test('a node that falls silent is given up, while it is its turn', async (t) => {
  const unavailable = { code: 'CLUSTER_UNAVAILABLE', details: { reason: /nothing came or went/ } }
  const reads: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
    'a node that takes nothing': (request, response) => {
      response.writeContinue()
      request.pause()
    },
    'a node that takes all, and never answers': (request, response) => {
      response.writeContinue()
      request.resume()
    },
    'a node that stops in its answer': (request, response) => {
      response.writeContinue()
      request.resume().once('end', () => response.writeHead(200, { 'content-type': 'application/json' }).write('{'))
    },
  }
  for (const [what, answers] of Object.entries(reads)) {
    const { files, isLeft } = await nodeThat(t, answers)
    const body = Readable.from([LARGE, LARGE], { objectMode: false })
    await t.rejects(files.store({ sha256: null, offset: 0, body }), unavailable, what)
    await until(`the connection to be closed: ${what}`, isLeft)
  }
  const { files, isLeft } = await nodeThat(t, (_request, response) => {
    response.writeHead(200, { [ARTIFACT_HEADER]: JSON.stringify(helloArtifact) }).write('hello')
  })
  const { body } = await files.open({ sha256: hello, start: 0 })
  await t.rejects(text(body), 'a file that stops in the midst')
  await until('the connection to be closed', isLeft)
})

void t.test('a body or a reader may take longer than a node', async (t) => {
  const { files } = await nodeThat(t, (request, response) => {
    if (request.method === 'GET')
      response.writeHead(200, { [ARTIFACT_HEADER]: JSON.stringify(helloArtifact) }).end(LARGE)
    else {
      response.writeContinue()
      request.resume().once('end', () => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(helloArtifact))
      })
    }
  })
  const body = new PassThrough()
  const storing = files.store({ sha256: null, offset: 0, body })
  body.write('hello, ')
  await new Promise((resolve) => setTimeout(resolve, 350))
  body.end('files')
  t.match(await storing, { sha256: hello })
  const { body: read } = await files.open({ sha256: hello, start: 0 })
  await once(read, 'readable')
  await new Promise((resolve) => setTimeout(resolve, 350))
  let bytes = 0
  for await (const piece of read) bytes += (piece as Buffer).length
  t.equal(bytes, LARGE.length)
})

void t.test('a caller that goes while the node takes nothing ends the request', async (t) => {
  const taken = Promise.withResolvers<undefined>()
  const { patient, isLeft } = await nodeThat(t, (request, response) => {
    response.writeContinue()
    request.once('readable', () => taken.resolve(undefined))
  })
  const body = new PassThrough()
  body.on('error', () => undefined)
  const storing = patient.store({ sha256: null, offset: 0, body })
  const failed = t.rejects(storing, { code: 'VALIDATION_ERROR', details: { issues: [{ in: 'body' }] } })
  body.write(LARGE)
  body.write(LARGE)
  await taken.promise
  body.destroy(new Error('the client is gone'))
  await failed
  await until('the connection to be closed', isLeft)
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
