import t from 'tap'
import type { Execution } from '../../src/worker/executors/execution.ts'
import { reachOf } from '../../src/worker/http/addresses.ts'
import { hostileHosts } from './hostile-hosts.ts'
import { playedNetwork, PUBLIC_ADDRESS, request, startCanary, startServer } from './http-world.ts'
import { executorWorld } from './executor-world.ts'
import { execution, type Owner } from './world.ts'

/** A public server that redirects to whatever its query says, and echoes all else. */
const world = async (t: Owner) => {
  const canary = await startCanary(t)
  const server = await startServer(t, (incoming, response) => {
    const to = new URL(incoming.url ?? '', 'http://public.example').searchParams.get('to')
    if (to === null) response.end('public')
    else response.writeHead(302, { location: to }).end('secret')
  })
  const network = playedNetwork(server.port, canary.port)
  return { canary, server, network }
}

const expected = { lan: 'TASK_REJECTED', none: 'TASK_ERROR' } as const

void t.test('no way to write an address of this device or its network reaches it', async (t) => {
  const { canary, network } = await world(t)
  for (const [host, reach, what] of hostileHosts) {
    const end = await request({ url: `http://${host}:${canary.port}/` }, { network })
    const outcome = reach === 'lan' ? 'rejected' : 'failed'
    t.match(end, { outcome, result: null, error: { code: expected[reach] } }, `${what}: ${host}`)
  }
  t.match(canary, { connections: 0, bytes: 0 })
  const allowed = await request({ url: 'http://router.example/' }, { network, allow: ['lan'] })
  t.match(allowed, { outcome: 'completed', result: { output: 'secret' } }, 'where it is allowed the canary sings')
})

void t.test('no redirect of a public server leads there', async (t) => {
  const { canary, network } = await world(t)
  for (const [written, reach, what] of hostileHosts) {
    // A header is bytes: what is none of ASCII comes percent-encoded, and what would end the line comes not at all.
    const host = written.replace(/[\t\n]/g, '').replace(/[^\x20-\x7e]/g, encodeURIComponent)
    const url = new URL('http://public.example/')
    url.searchParams.set('to', `http://${host}:${canary.port}/`)
    const end: Execution = await request({ url: url.href }, { network })
    t.match(end, { outcome: 'failed', result: null, error: { code: expected[reach] } }, `${what}: ${host}`)
  }
  t.match(canary, { connections: 0, bytes: 0 })
})

void t.test('a redirect without a scheme or a host is followed, and checked as any', async (t) => {
  const { canary, network, server } = await world(t)
  const redirect = (to: string) => request({ url: `http://public.example/?to=${encodeURIComponent(to)}` }, { network })
  t.match(await redirect('/further'), { outcome: 'completed', result: { output: 'public', value: { redirects: 1 } } })
  t.equal(server.requests.at(-1)?.url, '/further')
  t.match(await redirect(`//127.0.0.1:${canary.port}/`), { error: { code: 'TASK_REJECTED' } })
  for (const to of [
    'file:///etc/passwd',
    'ftp://public.example/',
    'gopher://127.0.0.1/_x',
    'javascript:1',
    'data:,x',
    'http://',
  ]) {
    t.match(await redirect(to), { outcome: 'failed', result: null, error: { code: 'TASK_ERROR' } }, to)
  }
  t.match(canary, { connections: 0 })
})

void t.test('a name that is rebound between the check and the connection leads to what was checked', async (t) => {
  const { canary, network, server } = await world(t)
  let asked = 0
  const rebinding = {
    ...network,
    lookup: () => {
      asked += 1
      return Promise.resolve([{ address: asked === 1 ? PUBLIC_ADDRESS : '127.0.0.1', family: 4 }])
    },
  }
  const url = `http://rebound.example:${canary.port}/`
  t.match(await request({ url }, { network: rebinding }), { outcome: 'completed', result: { output: 'public' } })
  t.equal(asked, 1)
  t.equal(server.requests.length, 1)
  t.match(await request({ url }, { network: rebinding }), { error: { code: 'TASK_REJECTED' } })
  t.match(canary, { connections: 0 })
})

void t.test('a connection that turns out to lead elsewhere gets not one byte', async (t) => {
  const { canary, network } = await world(t)
  // As if something between the check and the kernel had changed the way: it answers as 127.0.0.1.
  const diverted = { ...network, connect: () => network.connect({ host: '127.0.0.1', port: canary.port }) }
  for (const url of ['http://public.example/', 'https://public.example/', `http://${PUBLIC_ADDRESS}/`]) {
    t.match(await request({ url }, { network: diverted }), { outcome: 'rejected', error: { code: 'TASK_REJECTED' } })
  }
  t.equal(canary.bytes, 0)
})

void t.test('public addresses of the network that the device is in belong to it', (t) => {
  const own = ['198.51.100.7/24', '2a01:4f8:1:2::5/64', 'fe80::1/64']
  for (const [address, reach] of [
    [PUBLIC_ADDRESS, 'public'],
    ['8.8.8.8', 'public'],
    ['2a01:4f8:1:3::1', 'public'],
    ['2606:4700::1111', 'public'],
    ['64:ff9b::5db8:d822', 'public'],
    ['::ffff:93.184.216.34', 'public'],
    ['2a01:4f8:1:2::1', 'lan'],
    ['2a01:4f8:1:2:ffff::', 'lan'],
  ] as const) {
    t.equal(reachOf(address, own), reach, address)
  }
  t.end()
})

void t.test('a URL with a user name or a password is refused, and told nowhere', async (t) => {
  const { canary, network, server } = await world(t)
  const hidden = 'hunter2'
  for (const url of [
    `http://user:${hidden}@public.example/`,
    `http://${hidden}@public.example/`,
    `http://public.example:${hidden}@127.0.0.1:${canary.port}/`,
    `http://public.example%2f:${hidden}@127.0.0.1/`,
    `http://public.example/?to=${encodeURIComponent(`http://user:${hidden}@public.example/`)}`,
  ]) {
    const end = await request({ url }, { network })
    t.match(end, { outcome: 'failed', error: { code: 'TASK_ERROR' } }, url)
    t.notMatch(JSON.stringify(end), hidden)
  }
  t.equal(server.requests.length, 1, 'the redirecting one alone')
  t.match(canary, { connections: 0 })
})

void t.test('what is no http URL is refused', async (t) => {
  const { run } = executorWorld(t)
  for (const url of [
    'file:///etc/passwd',
    'ftp://public.example/',
    'gopher://127.0.0.1:6379/_FLUSHALL',
    'dict://127.0.0.1/',
    'unix:/var/run/docker.sock',
    'data:text/plain,x',
    'jar:http://public.example!/',
    'http:127.0.0.1',
    'http://',
    'http://[::1',
    'http://exa mple/',
    'http://public.example:99999/',
    'HTTP://x',
  ]) {
    t.match(
      await run('http_request', { url }, execution().context),
      { outcome: 'failed', error: { code: 'TASK_ERROR' } },
      url,
    )
  }
})

void t.test('nothing in a payload adds a header or a request of its own', async (t) => {
  const { network, server } = await world(t)
  const { run } = executorWorld(t, { network })
  const url = 'http://public.example/'
  const evil = 'x-evil: 1'
  const refused: Record<string, unknown>[] = [
    ...[
      `a\r\n${evil}`,
      `a\n${evil}`,
      `a\r${evil}`,
      `a\r\n\r\nGET /evil HTTP/1.1`,
      `a\u0000b`,
      // Their lower bytes are CR and LF: what cuts code units to bytes makes a line break of them.
      `a\u010d\u010a${evil}`,
      `a\u2028${evil}`,
    ].map((value) => ({ url, headers: { 'x-a': value } })),
    ...[`x-a\r\n${evil}`, 'x a', 'x-a:', '', 'x-a\n', 'é', `x-a: 1\r\n${evil}`].map((name) => ({
      url,
      headers: { [name]: 'a' },
    })),
    ...[
      'Host',
      'content-length',
      'Transfer-Encoding',
      'Connection',
      'Upgrade',
      'Expect',
      'TE',
      'Proxy-Authorization',
    ].map((name) => ({ url, method: 'POST', body: 'x', headers: { [name]: '5' } })),
    { url, method: `GET / HTTP/1.1\r\n${evil}\r\n\r\nGET` },
    { url, method: 'CONNECT' },
    { url, method: 'get' },
  ]
  for (const payload of refused) {
    const end = await run('http_request', payload, execution().context)
    t.match(end, { outcome: 'failed', error: { code: 'TASK_ERROR' } }, encodeURI(JSON.stringify(payload)))
  }
  t.equal(server.requests.length, 0, 'none was sent')
  for (const path of [
    `a\r\n${evil}`,
    'a%0d%0ax-evil:%201',
    `a HTTP/1.1\r\n${evil}\r\n\r\n`,
    `?q=\r\n${evil}`,
    `#\r\n${evil}`,
  ]) {
    t.match(await run('http_request', { url: url + path }, execution().context), { outcome: 'completed' }, path)
  }
  for (const { rawHeaders, url: asked } of server.requests) {
    t.notMatch(rawHeaders.join('\n').toLowerCase(), 'evil')
    t.notMatch(asked, /\s/)
  }
  t.equal(server.requests.length, 5)
})
