import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { type ClientRequest, createServer as createPlainServer, get as getPlain } from 'node:http'
import { createServer as createSecureServer, get as getSecure } from 'node:https'
import { connect as connectTcp, createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectTls, createServer as createTlsServer, type SecureVersion, type TLSSocket } from 'node:tls'
import t, { type Test } from 'tap'
import { ownCertificate } from '../../src/cli/server/certificate/own.ts'
import { type ConnectOptions, fixedAt, keepConnected, WrongKey } from '../../src/link/client/keep-connected.ts'
import { connectCluster } from '../../src/link/cluster/remote.ts'
import { admitPlain } from '../../src/link/server/listener.ts'
import { parseToken, printToken } from '../../src/link/token.ts'
import { createWorld } from '../cluster/world.ts'
import { makeCertificate } from './certificates.ts'
import { fakeGate, freezableProxy, hello, run, silent, startServer, until } from './link-world.ts'

const { certificate, fingerprint } = await makeCertificate(t)
const other = await makeCertificate(t)

/** A worker's connection that notes how it fared. */
const connect = (t: Test, port: number, pin: string | undefined, more: Partial<ConnectOptions> = {}) => {
  const refusals: Error[] = []
  const failures: string[] = []
  const log = { ...silent, warn: (fields: object) => void failures.push((fields as { reason: string }).reason) }
  const runs: unknown[] = []
  const connection = keepConnected({
    node: fixedAt({ host: '127.0.0.1', port, fingerprint: pin }),
    hello: () => Promise.resolve(hello()),
    onWelcome: () => undefined,
    onRefused: (refusal) => refusals.push(refusal),
    handlers: {
      'task.run': (params) => runs.push(params),
      'task.cancel': () => undefined,
      'config.changed': () => undefined,
    },
    log,
    ...more,
  })
  t.teardown(() => connection.close())
  return { connection, refusals, failures, runs }
}

const listen = async (t: Test, server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

const pageOf = async (request: ClientRequest): Promise<string> => {
  const [response] = (await once(request, 'response')) as [Parameters<typeof text>[0]]
  return text(response)
}

/** Somebody on the way: ends TLS with a certificate of their own, and keeps all that they are told. */
const eavesdropper = async (t: Test, target: number) => {
  const heard: Buffer[] = []
  const server = createTlsServer(other.certificate, (socket) => {
    const outer = connectTls({ port: target, host: '127.0.0.1', rejectUnauthorized: false })
    socket.on('data', (bytes: Buffer) => {
      heard.push(bytes)
      outer.write(bytes)
    })
    for (const end of [socket, outer]) end.on('error', () => undefined)
    outer.pipe(socket)
    socket.on('close', () => outer.destroy())
  })
  return { port: await listen(t, server), heard: () => Buffer.concat(heard).toString() }
}

void t.test('a worker that knows the key of its node speaks TLS with it, both ways', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate, certificate })
  t.equal(server.fingerprint, fingerprint)
  const { connection, refusals, runs } = connect(t, server.port, fingerprint)
  await until('the welcome', connection.connected)
  const link = gate.visits[0]?.link
  t.equal(link?.address, '127.0.0.1')
  t.same(await link?.request('device.ping', {}, 60_000), {})
  link?.notify('task.run', run)
  await until('the task', () => runs.length === 1)
  await connection.close({ reason: 'told to stop' })
  await until('the session to end', () => gate.visits[0]?.closedBy !== undefined)
  t.equal(gate.visits[0]?.closedBy, 'device')
  t.same(refusals, [])
})

void t.test('a worker that meets another key says so, ends, and has told nothing', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate, certificate })
  const wrong = connect(t, server.port, other.fingerprint)
  await until('the refusal', () => wrong.refusals.length === 1)
  const [refusal] = wrong.refusals
  t.ok(refusal instanceof WrongKey)
  t.match(refusal?.message, `127.0.0.1:${server.port}`)
  t.match(refusal?.message, fingerprint)
  t.match(refusal?.message, other.fingerprint)
  t.equal(gate.visits.length, 0)
})

void t.test('a worker that has joined is not ended by a stranger at the address of its node', async (t) => {
  const stranger = await startServer(t, { certificate: other.certificate })
  const server = await startServer(t, { certificate })
  let missed = 0
  const endpoint = () => ({ host: '127.0.0.1', port: missed < 3 ? stranger.port : server.port, fingerprint })
  const node = { ...fixedAt(endpoint()), endpoint, mayHaveMoved: () => true, missed: () => void (missed += 1) }
  const { connection, refusals } = connect(t, stranger.port, fingerprint, { node })
  await until('the welcome', connection.connected)
  t.strictSame(refusals, [])
  t.equal(missed, 3)
})

void t.test('whoever is on the way with a certificate of their own gets not one byte', async (t) => {
  const server = await startServer(t, { certificate })
  const thief = await eavesdropper(t, server.port)
  const { refusals } = connect(t, thief.port, fingerprint)
  await until('the refusal', () => refusals.length === 1)
  t.equal(thief.heard(), '')

  const world = await createWorld(t)
  const door = { cluster: world.node.cluster, token: 'cluster-token-of-the-test', version: '0.1.0' }
  const node = await startServer(t, { certificate, door })
  const between = await eavesdropper(t, node.port)
  const token = { token: door.token, fingerprint }
  const api = (port: number) => {
    const remote = connectCluster({ host: '127.0.0.1', port, token, version: '0', log: silent, share: () => 0.1 })
    t.teardown(() => remote.close())
    return remote
  }
  const misled = api(between.port)
  await until('the API says why', () => {
    const reachability = misled.cluster.reachability()
    return !reachability.reachable && reachability.reason.includes('another key')
  })
  t.equal(between.heard(), '')
  const right = api(node.port)
  await right.reached
  t.match(await right.cluster.devices.list({}), { total: 0 })
})

void t.test('once it was welcome, a worker outlasts whoever takes the place of its node', async (t) => {
  const server = await startServer(t, { certificate })
  const { connection, refusals, failures } = connect(t, server.port, fingerprint)
  await until('the welcome', connection.connected)
  await server.close()
  const impostor = await startServer(t, { port: server.port, certificate: other.certificate })
  await until('the impostor is met', () => failures.length > 0 || refusals.length > 0)
  await until('the loss', () => !connection.connected())
  await impostor.close()
  await startServer(t, { port: server.port, certificate })
  await until('the second welcome', connection.connected)
  t.same(refusals, [])
})

void t.test('a node with a new certificate of the same key is the same node', async (t) => {
  const { files, certificate: first, fingerprint: key } = await makeCertificate(t)
  const server = await startServer(t, { certificate: first })
  const { connection, refusals, failures } = connect(t, server.port, key)
  await until('the welcome', connection.connected)
  await server.close()
  await until('the loss', () => !connection.connected())
  rmSync(files.cert)
  const renewed = await ownCertificate(dirname(files.cert))()
  t.not(renewed.cert, first.cert)
  await startServer(t, { port: server.port, certificate: renewed })
  await until('the second welcome', connection.connected)
  t.same(refusals, [])
  t.notMatch(failures.join(), /another key/)
})

void t.test('a worker that knows the key takes no plain link in its place', async (t) => {
  const heard: string[] = []
  const plain = createPlainServer((request) => heard.push(String(request.url)))
  const port = await listen(t, plain)
  const { failures, refusals } = connect(t, port, fingerprint)
  await until('the failure', () => failures.length > 0)
  t.match(failures[0], /does not speak TLS/)
  t.same(heard, [])
  t.same(refusals, [], 'the node may be on its way up')
})

void t.test('the port of a TLS node takes plain links and requests from this machine', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate, certificate })
  const { connection } = connect(t, server.port, undefined)
  await until('the welcome', connection.connected)
  const { port } = server
  const pin = `sha256//${Buffer.from(fingerprint, 'base64url').toString('base64')}`
  const secure = await pageOf(getSecure(`https://127.0.0.1:${port}/join`, { rejectUnauthorized: false }))
  t.match(secure, `curl -fsSk --pinnedpubkey ${pin} https://127.0.0.1:${port}/join | sh -s -- TOKEN`)
  t.match(secure, `'https://127.0.0.1:${port}/worker.mjs'`)
  const plain = await pageOf(getPlain(`http://127.0.0.1:${port}/join`))
  t.match(plain, `curl -fsS http://127.0.0.1:${port}/join | sh -s -- TOKEN`)
})

void t.test('who speaks plain from elsewhere is told to speak TLS, and gets nothing', async (t) => {
  const served: string[] = []
  const server = createSecureServer(certificate, (request, response) => {
    served.push(String(request.url))
    response.end('served')
  })
  admitPlain(server, () => false)
  const port = await listen(t, server)
  const socket = connectTcp(port, '127.0.0.1')
  socket.write('GET /join HTTP/1.1\r\nHost: nas\r\n\r\n')
  t.match(
    await text(socket),
    /^HTTP\/1\.1 400 Bad Request\r\n.*\r\n\r\nThis port speaks TLS\..*TOKEN\.FINGERPRINT\.\n$/s,
  )
  const bare = connect(t, port, undefined)
  await until('the worker is told', () => bare.failures.length > 0)
  t.match(bare.failures[0], /HTTP 400: This port speaks TLS/)
  t.same(served, [])
  t.equal(await pageOf(getSecure(`https://127.0.0.1:${port}/join`, { rejectUnauthorized: false })), 'served')
})

void t.test('nothing older than TLS 1.2 is spoken', async (t) => {
  const server = await startServer(t, { certificate })
  const speak = (maxVersion: SecureVersion) =>
    new Promise<string | null>((resolve) => {
      const options = { port: server.port, host: '127.0.0.1', rejectUnauthorized: false, ciphers: 'ALL@SECLEVEL=0' }
      const socket: TLSSocket = connectTls({ ...options, minVersion: 'TLSv1', maxVersion }, () => {
        resolve(socket.getProtocol())
        socket.destroy()
      })
      socket.on('error', () => resolve(null))
    })
  t.equal(await speak('TLSv1.1'), null)
  t.equal(await speak('TLSv1.2'), 'TLSv1.2')
  t.equal(await speak('TLSv1.3'), 'TLSv1.3')
})

void t.test('silence is noticed under TLS as well, on both sides', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate, certificate, limits: { pingIntervalMs: 20 } })
  const proxy = await freezableProxy(t, server.port)
  const limits = { silenceMs: 200, handshakeTimeoutMs: 2000, helloTimeoutMs: 2000 }
  const { connection } = connect(t, proxy.port, fingerprint, { limits })
  await until('the welcome', connection.connected)
  proxy.freeze()
  await until('the worker to notice', () => !connection.connected())
  await until('the node to notice', () => gate.visits[0]?.closedBy !== undefined)
  proxy.thaw()
  await until('the second welcome', connection.connected)
})

void t.test('a stopping server is not held by what has said nothing, half a handshake or half a request', async (t) => {
  const server = await startServer(t, { certificate })
  const ends: Promise<unknown>[] = []
  for (const words of ['', '\x16\x03\x01', 'GET /join HT']) {
    const socket = connectTcp(server.port, '127.0.0.1')
    await once(socket, 'connect')
    if (words !== '') socket.write(Buffer.from(words, 'latin1'))
    socket.on('error', () => undefined).resume()
    ends.push(once(socket, 'close'))
  }
  await server.close()
  await Promise.all(ends)
  const free = createTcpServer()
  free.listen(server.port, '127.0.0.1')
  await once(free, 'listening')
  free.close()
  t.pass('the port is free')
})

void t.test('a token is printed with the fingerprint behind a dot, and read so', (t) => {
  const pinned = { token: 'T-_9', fingerprint }
  t.equal(printToken(pinned), `T-_9.${fingerprint}`)
  t.same(parseToken(printToken(pinned)), pinned)
  t.same(parseToken('T'), { token: 'T', fingerprint: undefined })
  for (const bad of [
    '',
    '.',
    'T.',
    `.${fingerprint}`,
    'T.short',
    `T.${fingerprint}x`,
    `T.${fingerprint}.T`,
    'a b',
    'T\n',
  ])
    t.equal(parseToken(bad), undefined, JSON.stringify(bad))
  t.end()
})
