import { createHash } from 'node:crypto'
import { request, type IncomingHttpHeaders } from 'node:http'
import t from 'tap'
import { parseNodes } from '../../src/cli/device/named-nodes.ts'
import { joinLine } from '../../src/link/server/join-line.ts'
import { startServer } from './link-world.ts'

const bundle = Buffer.from('console.log("worker")\n')
const sha256 = createHash('sha256').update(bundle).digest('hex')

const ask = (port: number, path: string, options: { method?: string; headers?: Record<string, string> } = {}) =>
  new Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, ...options }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => (body += text))
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }))
    })
    asked.on('error', reject)
    asked.end()
  })

const html = { accept: 'text/html,application/xhtml+xml' }

void t.test('whoever does not ask for HTML gets the script, for the host by which it was asked', async (t) => {
  const server = await startServer(t)
  const { status, headers, body } = await ask(server.port, '/join', { headers: { host: 'nas.local:8080' } })
  t.equal(status, 200)
  t.match(headers['content-type'], 'text/x-shellscript')
  t.equal(headers['content-length'], String(Buffer.byteLength(body)))
  t.match(body, /^#!\/bin\/sh\n/)
  t.match(body, /\nretire_cluster_join "\$@"\n$/, 'the last line, and only that, runs it')
  t.match(body, "--join 'nas.local:8080'")
  t.match(body, `'http://nas.local:8080/worker.mjs' '${sha256}'`)
})

void t.test('a host without a port means 80, and an IPv6 address keeps its brackets', async (t) => {
  const server = await startServer(t)
  t.match((await ask(server.port, '/join', { headers: { host: 'nas.local' } })).body, "--join 'nas.local:80'")
  t.match((await ask(server.port, '/join', { headers: { host: '[fd00::1]:8080' } })).body, "--join '[fd00::1]:8080'")
})

void t.test('a hostile host header stands in no page and no script', async (t) => {
  const server = await startServer(t)
  for (const host of [
    '"><script>alert(1)</script>',
    "x'; reboot; '",
    '$(reboot)',
    '`id`',
    'a b',
    'evil/%2e',
    '[::1',
    'x:8080:9',
    'é',
  ]) {
    const header = Buffer.from(host).toString('latin1')
    for (const headers of [{ host: header }, { ...html, host: header }]) {
      const { status, body } = await ask(server.port, '/join', { headers })
      t.equal(status, 403)
      t.notOk(body.includes(host), `${host} is not repeated`)
    }
  }
  const { status, body } = await ask(server.port, '/join', { headers: { host: 'rebound.example' } })
  t.equal(status, 403, 'nor does the node answer to a name that a stranger made lead here')
  t.match(body, /--allowed-host/)
})

void t.test('a browser gets a page that needs nothing from elsewhere and may run nothing else', async (t) => {
  const server = await startServer(t)
  const { headers, body } = await ask(server.port, '/join', { headers: { ...html, host: 'nas.local:8080' } })
  t.match(headers['content-type'], 'text/html')
  t.match(headers.vary, /Accept/)
  t.equal(headers['x-content-type-options'], 'nosniff')
  const policy = String(headers['content-security-policy'])
  t.match(policy, "default-src 'none'")
  for (const [element, directive] of [
    ['style', 'style-src'],
    ['script', 'script-src'],
  ] as const) {
    const content = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(body)?.[1] ?? ''
    t.ok(content.length > 0)
    t.ok(policy.includes(`${directive} 'sha256-${createHash('sha256').update(content).digest('base64')}'`))
  }
  t.notMatch(body, / (src|href|style|on[a-z]+)=/, 'no resource, inline style or handler')
  for (const part of [
    '22.16',
    'pkg install nodejs-lts',
    'Raspberry',
    'macOS',
    'Windows',
    'curl -fsS http://nas.local:8080/join | sh -s -- ',
  ]) {
    t.ok(body.includes(part), part)
  }
})

void t.test('the worker is served with its length and an entity tag', async (t) => {
  const server = await startServer(t, { pages: { workerBundle: () => Promise.resolve(bundle) } })
  const whole = await ask(server.port, '/worker.mjs')
  t.match(whole, { status: 200, body: bundle.toString(), headers: { 'content-type': /text\/javascript/ } })
  t.match(whole.headers, { etag: `"${sha256}"`, 'content-length': String(bundle.length) })
  const head = await ask(server.port, '/worker.mjs', { method: 'HEAD' })
  t.match(head, { status: 200, body: '' })
  t.equal(head.headers['content-length'], String(bundle.length))
  const unchanged = await ask(server.port, '/worker.mjs', { headers: { 'if-none-match': `"${sha256}"` } })
  t.match(unchanged, { status: 304, body: '' })
})

void t.test('a node without a built worker says so, in the script too', async (t) => {
  const server = await startServer(t, { pages: { workerBundle: () => Promise.resolve(undefined) } })
  t.match(await ask(server.port, '/worker.mjs'), { status: 503, body: /was started without having built it/ })
  t.match(await ask(server.port, '/join'), { status: 200, body: /was started without having built it.*>&2\nexit 1\n$/ })
  t.match(await ask(server.port, '/join', { headers: html }), { status: 200 })
})

void t.test('every other path and method is answered with what to do', async (t) => {
  const server = await startServer(t)
  t.match(await ask(server.port, '/'), { status: 302, headers: { location: '/join' } })
  t.match(await ask(server.port, '/link'), { status: 426, headers: { upgrade: 'websocket' } })
  t.match(await ask(server.port, '/api/v1/devices'), { status: 404, body: /\/join/ })
  t.match(await ask(server.port, '/join', { method: 'POST' }), { status: 405, headers: { allow: 'GET, HEAD' } })
  t.match(await ask(server.port, '/join?from=qr'), { status: 200 })
})

void t.test('a bundle that cannot be read is a failure of that request only', async (t) => {
  const server = await startServer(t, { pages: { workerBundle: () => Promise.reject(new Error('EIO /secret')) } })
  const { status, body } = await ask(server.port, '/worker.mjs')
  t.equal(status, 500)
  t.notMatch(body, 'secret')
  t.equal((await ask(server.port, '/')).status, 302)
})

void t.test('the line to paste brackets an IPv6 address', (t) => {
  const token = { token: 'T', fingerprint: undefined }
  t.equal(joinLine({ host: '10.0.0.5', port: 8080, token }), 'curl -fsS http://10.0.0.5:8080/join | sh -s -- T')
  t.equal(joinLine({ host: 'fd00::1', port: 1, token }), 'curl -fsS http://[fd00::1]:1/join | sh -s -- T')
  t.end()
})

const [ours, theirs] = ['A'.repeat(43), 'B'.repeat(43)]
const several = [
  { host: '10.0.0.5', port: 8080, fingerprint: ours },
  { host: 'fd00::1', port: 9, fingerprint: theirs },
]

void t.test('the line to paste lists the nodes, where there are several, as the worker reads them', (t) => {
  const line = (nodes: typeof several) =>
    joinLine({ host: '10.0.0.5', port: 8080, token: { token: 'T', fingerprint: ours }, nodes })
  const alone = line([])
  t.match(alone, new RegExp(`join \\| sh -s -- T\\.${ours}$`))
  t.equal(line(several.slice(0, 1)), alone, 'of one node alone it says nothing more')
  const listed = `10.0.0.5:8080,[fd00::1]:9#${theirs}`
  t.equal(line(several), `${alone} --join '${listed}'`)
  t.strictSame(parseNodes(listed), [{ ...several[0], fingerprint: undefined }, several[1]])
  const long = Array.from({ length: 32 }, () => ({ host: 'n'.repeat(253), port: 65_535, fingerprint: theirs }))
  t.ok(line(long).length < 4095, 'a terminal takes it')
  t.end()
})

void t.test('the page lists them in its lines too', async (t) => {
  const server = await startServer(t, {
    pages: { workerBundle: () => Promise.resolve(bundle), nodes: () => several },
  })
  const { body } = await ask(server.port, '/join', { headers: html })
  const list = `'10.0.0.5:8080#${ours},[fd00::1]:9#${theirs}'`
  t.match(body, `<span class="token">TOKEN</span> --join ${list}</code>`)
  t.match(body, `node worker.mjs --join ${list} --token`)
})
