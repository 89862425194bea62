import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import t from 'tap'
import { linkMethods } from '../../schemas/link.ts'
import { problemOf } from '../../src/link/checks.ts'
import { ownCertificate } from '../../src/cli/server/certificate/own.ts'
import { httpRequester } from '../../src/worker/executors/http-request.ts'
import { playedNetwork, request, startServer } from './http-world.ts'
import { execution, finished, type Owner, temporaryDirectory, until } from './world.ts'

const lan = { allow: ['lan'] }

/** A server that tells what it was asked, and redirects where its path says so: `/redirect/307/twice`. */
const startEcho = (t: Owner) =>
  startServer(t, (incoming, response) => {
    const [, kind, status, next] = (incoming.url ?? '').split('/')
    if (kind === 'redirect') {
      response.writeHead(Number(status), { location: `/${next ?? 'end'}` }).end()
      return
    }
    let body = ''
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()))
    incoming.once('end', () => response.end(JSON.stringify({ method: incoming.method, body, ...incoming.headers })))
  })

void t.test('an answer comes back with its status, its headers and its text', async (t) => {
  const { port } = await startServer(t, (_incoming, response) => {
    response.writeHead(418, 'short and stout', { 'X-Pot': 'tea', 'Set-Cookie': ['a=1', 'b=2'] }).end('grüße')
  })
  for (const host of ['127.0.0.1', 'localhost']) {
    const url = `http://${host}:${port}/pot?size=2`
    const end = await request({ url }, lan)
    t.match(end, {
      outcome: 'completed',
      error: null,
      result: {
        output: 'grüße',
        output_bytes: 7,
        output_truncated: false,
        exit_code: 0,
        value: { status: 418, headers: { 'x-pot': 'tea', 'set-cookie': 'a=1, b=2' }, url, redirects: 0 },
      },
    })
    t.equal(problemOf(linkMethods['task.finished'].params, finished({ result: end.result })), undefined)
  }
})

void t.test('method, headers and body are sent as they were given', async (t) => {
  const { port } = await startEcho(t)
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    const headers = { Authorization: 'Bearer x', 'X-Own': 'é', 'Content-Type': 'text/plain' }
    const end = await request({ url: `http://127.0.0.1:${port}/`, method, headers, body: 'grüße' }, lan)
    t.match(JSON.parse(end.result?.output ?? ''), {
      method,
      body: 'grüße',
      authorization: 'Bearer x',
      'x-own': 'é',
      'content-type': 'text/plain',
      'content-length': '7',
      host: `127.0.0.1:${port}`,
    })
  }
  const head = await request({ url: `http://127.0.0.1:${port}/`, method: 'HEAD' }, lan)
  t.match(head, { outcome: 'completed', result: { output: '', value: { status: 200 } } })
})

void t.test('a redirect is followed as browsers do it', async (t) => {
  const { port } = await startEcho(t)
  for (const [status, method, then, body] of [
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [307, 'POST', 'POST', 'x'],
    [308, 'PUT', 'PUT', 'x'],
    [302, 'PATCH', 'PATCH', 'x'],
  ] as const) {
    const headers = { authorization: 'a', cookie: 'c', 'content-type': 'text/plain' }
    const url = `http://127.0.0.1:${port}/redirect/${status}/end`
    const end = await request({ url, method, headers, body: 'x' }, lan)
    t.match(end.result?.value, { status: 200, url: `http://127.0.0.1:${port}/end`, redirects: 1 })
    const seen: unknown = JSON.parse(end.result?.output ?? '')
    t.match(seen, { method: then, body, authorization: 'a', cookie: 'c' }, `${status} after ${method}`)
    if (then === 'GET') t.notHas(seen, { 'content-type': String, 'content-length': String })
  }
  const notModified = await request({ url: `http://127.0.0.1:${port}/redirect/304/end` }, lan)
  t.match(notModified, { outcome: 'completed', result: { value: { status: 304, redirects: 0 } } })
})

void t.test('https is spoken to who proves to be the host, and to nobody else', async (t) => {
  const { key, cert } = await ownCertificate(temporaryDirectory(t))()
  const server = createServer({ key, cert }, (_incoming, response) => response.end('secret'))
  t.teardown(() => server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const urls = [`https://localhost:${port}/`, `https://127.0.0.1:${port}/`]
  for (const url of urls) {
    t.match(await request({ url }, lan), { outcome: 'failed', error: { code: 'TASK_ERROR', message: 'SELF_SIGNED' } })
  }
  const trusted = getCACertificates('default')
  t.teardown(() => setDefaultCACertificates(trusted))
  setDefaultCACertificates([...trusted, cert])
  for (const url of urls)
    t.match(await request({ url }, lan), { outcome: 'completed', result: { output: 'secret' } }, url)
  // The certificate is not made out to this name, which leads there all the same.
  const network = playedNetwork(port, 1)
  t.match(await request({ url: 'https://public.example/' }, { network }), {
    outcome: 'failed',
    error: { message: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    result: { output: '' },
  })
})

void t.test('another origin gets neither the credentials nor the cookies', async (t) => {
  const { port, requests } = await startServer(t, (incoming, response) => {
    if (incoming.headers.host === 'other.example') response.end('there')
    else response.writeHead(307, { location: 'http://other.example/' }).end()
  })
  const headers = { Authorization: 'Bearer x', COOKIE: 'c', 'x-own': 'kept' }
  const network = playedNetwork(port, 1)
  t.match(await request({ url: 'http://public.example/', headers }, { network }), { result: { output: 'there' } })
  t.match(requests[0]?.headers, { authorization: 'Bearer x', cookie: 'c', 'x-own': 'kept' })
  t.match(requests[1]?.headers, { 'x-own': 'kept', authorization: undefined, cookie: undefined })
})

void t.test('five redirects are followed, and no more', async (t) => {
  const { port, requests } = await startServer(t, (incoming, response) => {
    const left = Number(incoming.url?.slice(1))
    if (left === 0) response.end('arrived')
    else response.writeHead(302, { location: `/${left - 1}` }).end()
  })
  t.match(await request({ url: `http://127.0.0.1:${port}/5` }, lan), { result: { value: { redirects: 5 } } })
  t.equal(requests.length, 6)
  t.match(await request({ url: `http://127.0.0.1:${port}/6` }, lan), {
    outcome: 'failed',
    error: { code: 'TASK_ERROR', message: /5 redirects/ },
  })
  t.equal(requests.length, 12)
})

void t.test('of a long answer 1 MiB is kept, and all of it is counted', async (t) => {
  const { port } = await startServer(t, (_incoming, response) => {
    for (let mebibytes = 0; mebibytes < 3; mebibytes += 1) response.write('x'.repeat(2 ** 20))
    response.end()
  })
  const { context, printed } = execution()
  const end = await httpRequester(lan)({ url: `http://127.0.0.1:${port}/` }, context)
  t.match(end, { outcome: 'completed', result: { output_truncated: true, output_bytes: 3 * 2 ** 20 } })
  t.equal(end.result?.output.length, 2 ** 20)
  t.equal(printed(), end.result?.output)
})

void t.test('a request that is told to end is ended, whatever it waits for', async (t) => {
  const started: string[] = []
  const { port, requests } = await startServer(t, (incoming, response) => {
    started.push(incoming.url ?? '')
    if (incoming.url === '/body') response.write('begun')
  })
  for (const path of ['/head', '/body']) {
    for (const by of ['end', 'kill'] as const) {
      const { context, printed, ...switches } = execution()
      const running = httpRequester(lan)({ url: `http://127.0.0.1:${port}${path}` }, context)
      await until('it is under way', () => (path === '/body' ? printed() === 'begun' : started.includes(path)))
      const socket = requests.at(-1)?.socket
      switches[by].abort('timeout')
      t.match(await running, { outcome: 'interrupted', result: { output: printed(), value: null } })
      if (socket?.destroyed === false) await once(socket, 'close')
      started.length = 0
    }
  }
  const { context, end } = execution()
  const network = { ...playedNetwork(port, port), lookup: () => new Promise<never>(() => undefined) }
  const waiting = httpRequester({ allow: [], network })({ url: 'http://public.example/' }, context)
  end.abort('cancelled')
  t.match(await waiting, { outcome: 'interrupted' }, 'the resolver included')
  const unknown = httpRequester({ allow: [], network: playedNetwork(port, port) })(
    { url: 'http://unknown.example/' },
    context,
  )
  t.match(await unknown, { outcome: 'interrupted' }, 'and one that is told so before it begins')
})

void t.test('what goes wrong on the way fails the task, and says what', async (t) => {
  const { port } = await startServer(t, (incoming, response) => {
    if (incoming.url === '/short') {
      response.writeHead(200, { 'content-length': 100 })
      response.write('short', () => response.destroy())
    } else if (incoming.url === '/garbage') response.socket?.end('no HTTP at all\r\n\r\n')
    else if (incoming.url === '/heavy') response.writeHead(200, { 'x-heavy': 'x'.repeat(100_000) }).end()
    else response.destroy()
  })
  const closed = await startServer(t, () => undefined)
  const network = playedNetwork(closed.port, 1)
  for (const [url, code, output] of [
    [`http://127.0.0.1:${port}/hang-up`, 'ECONNRESET', ''],
    [`http://127.0.0.1:${port}/short`, 'ECONNRESET', 'short'],
    [`http://127.0.0.1:${port}/garbage`, 'HPE_', ''],
    [`http://127.0.0.1:${port}/heavy`, 'HPE_HEADER_OVERFLOW', ''],
    [`https://127.0.0.1:${port}/`, 'ERR_SSL', ''],
    ['http://127.0.0.1:1/', 'ECONNREFUSED', ''],
  ] as const) {
    const end = await request({ url }, lan)
    t.match(end, {
      outcome: 'failed',
      error: { code: 'TASK_ERROR', message: code },
      result: { output, exit_code: null },
    })
  }
  t.match(await request({ url: 'http://unknown.example/' }, { network }), {
    outcome: 'failed',
    error: { code: 'TASK_ERROR', message: 'http://unknown.example gave no whole answer: ENOTFOUND.' },
  })
})
