import type { ChildProcess } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ownCertificate } from '../../src/cli/server/certificate/own.ts'
import { fingerprintOf } from '../../src/link/fingerprint.ts'
import { ended, entry, joinedLine, logLine, type Outcome, runToEnd, start, temporaryDirectory } from './programs.ts'

type Test = Parameters<typeof temporaryDirectory>[0]

/** Starts a server, and resolves when it listens, has said all that it says, and speaks with its node where that is elsewhere. */
const serve = async (t: Test, program: 'api' | 'main', args: readonly string[], variables = {}) => {
  const child = start(t, entry(program), args, variables)
  let out = ''
  let warnings = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    warnings += chunk
      .toString()
      .split('\n')
      .filter((text) => text.includes('"level":"warning"'))
      .join('\n')
  })
  const told = new Promise<void>((resolve) =>
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (out.includes('Stop with Ctrl-C.')) resolve()
    }),
  )
  const spoken = args.includes('--cluster-host')
    ? logLine(child, ({ msg }) => msg === 'connected to the cluster node')
    : undefined
  const [line] = await Promise.all([logLine(child, ({ msg }) => msg === 'listening'), told, spoken])
  const tokenIn = (flag: string) => new RegExp(`${flag} (\\S+)`).exec(out)?.[1] ?? ''
  const warning = () => warnings
  return {
    child,
    warning,
    port: Number(line.port),
    clusterPort: Number(line.cluster_port ?? line.port),
    said: out,
    tokenIn,
  }
}

const stop = (child: ChildProcess) => {
  child.kill('SIGTERM')
  return ended(child)
}

/** The one sentence with which a program ends: the line on its standard error that is no log. */
const sentence = ({ stderr }: Outcome) =>
  stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('{'))
    .join('\n')

void t.test(
  'off loopback the link is TLS by a key that outlives restarts, and the printed token names it',
  async (t) => {
    const home = temporaryDirectory(t)
    const flags = ['--cluster-bind', '0.0.0.0', '--data-dir', join(home, 'node')]
    const first = await serve(t, 'main', [...flags, '--cluster-port', '0'])
    const certificate = readFileSync(join(home, 'node', 'tls-certificate.pem'), 'utf8')
    const fingerprint = fingerprintOf(new X509Certificate(certificate))
    const secret = readFileSync(join(home, 'node', 'join-token'), 'utf8').trim()
    const token = `${secret}.${fingerprint}`
    const pin = `sha256//${Buffer.from(fingerprint, 'base64url').toString('base64')}`
    t.match(first.said, `curl -fsSk --pinnedpubkey ${pin} https://`)
    t.match(first.said, `| sh -s -- ${token}\n`)
    t.equal(first.tokenIn('--token'), token)
    t.equal(first.tokenIn('--cluster-token').split('.')[1], fingerprint)

    const directory = ['--data-dir', join(home, 'worker')]
    const address = `127.0.0.1:${first.clusterPort}`
    const worker = start(t, entry('worker'), ['--join', address, '--token', token, '--device-id', 'pi', ...directory])
    t.equal(await joinedLine(worker), 'joined as pi')
    t.equal(await stop(worker), 0)
    t.equal(await stop(first.child), 0)

    // The disk lost the certificate, and kept the key.
    rmSync(join(home, 'node', 'tls-certificate.pem'))
    const second = await serve(t, 'main', [...flags, '--cluster-port', String(first.clusterPort)])
    t.equal(second.tokenIn('--token'), token)
    const back = start(t, entry('worker'), directory)
    t.equal(await joinedLine(back), 'joined as pi', 'it knows the node by its key, without a token')
    t.equal(await stop(back), 0)
    t.equal(await stop(second.child), 0)

    for (const file of ['tls-certificate.pem', 'tls-key.pem']) rmSync(join(home, 'node', file))
    const another = await serve(t, 'main', [...flags, '--cluster-port', String(first.clusterPort)])
    t.not(another.tokenIn('--token'), token)
    const refused = await runToEnd(t, entry('worker'), directory)
    t.equal(refused.code, 1)
    t.match(
      sentence(refused),
      /^retire-cluster-worker: What answers at \S+ has another key .* was told nothing: [^\n]+$/,
    )
    t.equal(await stop(another.child), 0)
  },
)

void t.test(
  'without the fingerprint a worker and an API server dial nobody but this machine, unless told to',
  async (t) => {
    const worker = ['--join', '192.0.2.1', '--token', 'T', '--data-dir', temporaryDirectory(t)]
    const api = ['--cluster-host', '192.0.2.1', '--port', '0']
    for (const [program, args] of [
      ['worker', worker],
      ['api', api],
    ] as const) {
      const outcome = await runToEnd(t, entry(program), args, { RETIRE_CLUSTER_CLUSTER_TOKEN: 'T' })
      t.equal(outcome.code, 2, program)
      t.match(
        outcome.stderr,
        /^retire-cluster-\w+: The token names no key.*TOKEN\.FINGERPRINT.*--insecure-link[^\n]*\n$/,
      )
    }
    const loud = start(t, entry('worker'), [...worker, '--insecure-link'])
    const { level } = await logLine(loud, ({ msg }) => String(msg).startsWith('the link is plain (--insecure-link)'))
    t.equal(level, 'warning')
  },
)

void t.test('--insecure-link opens a plain link off loopback, and says so loudly', async (t) => {
  const flags = ['--cluster-bind', '0.0.0.0', '--cluster-port', '0', '--insecure-link', '--data-dir']
  const { child, said, warning } = await serve(t, 'main', [...flags, temporaryDirectory(t)])
  t.match(warning(), 'the link is plain (--insecure-link)')
  t.match(said, /WARNING: the link is plain/)
  t.match(said, /curl -fsS http:\/\//)
  t.equal(await stop(child), 0)
})

void t.test(
  '--tls-cert and --tls-key secure all ports, and the API apart from its node knows it by the token',
  async (t) => {
    const home = temporaryDirectory(t)
    const { cert } = await ownCertificate(home)()
    const [certificate, key] = [join(home, 'tls-certificate.pem'), join(home, 'tls-key.pem')]
    const tls = ['--tls-cert', certificate, '--tls-key', key]
    const link = ['--cluster-bind', '127.0.0.1', '--cluster-port', '0']
    const main = await serve(t, 'main', [...link, ...tls, '--data-dir', join(home, 'node')])
    const token = main.tokenIn('--cluster-token')
    t.equal(token.split('.')[1], fingerprintOf(new X509Certificate(cert)))
    const where = ['--cluster-host', '127.0.0.1', '--cluster-port', String(main.clusterPort)]
    const api = await serve(t, 'api', ['--port', '0', ...where, ...tls], { RETIRE_CLUSTER_CLUSTER_TOKEN: token })
    t.match(api.said, `https://127.0.0.1:${api.port}/docs`)
    const ask = (...flags: string[]) =>
      runToEnd(t, entry('client'), ['--api-url', `https://127.0.0.1:${api.port}`, 'devices', 'list', ...flags], {
        XDG_CONFIG_HOME: home,
      })
    for (const flags of [
      ['--ca', certificate],
      ['--pin', token.split('.')[1] ?? ''],
    ]) {
      const outcome = await ask(...flags)
      t.equal(outcome.code, 0, `${flags[0] ?? ''}: ${outcome.stderr}`)
    }
    const unknown = await ask()
    t.equal(unknown.code, 3)
    t.match(
      unknown.stderr,
      /signed by nobody that is known here; name its key by --pin.* or the certificate by --ca\.\n$/,
    )
    const wrong = await ask('--pin', 'F'.repeat(43))
    t.equal(wrong.code, 3)
    t.match(wrong.stderr, /its key is [\w-]{43}, and --pin names F+\. Where the server prints that key/)
    const plain = await runToEnd(t, entry('client'), ['--api-url', `http://127.0.0.1:${api.port}`, 'devices', 'list'])
    t.equal(plain.code, 3)
    t.match(plain.stderr, `Where it speaks https, name it by --api-url https://127.0.0.1:${api.port};`)
    t.equal((await ask('--pin', 'F'.repeat(43), '--ca', certificate)).code, 2)
    t.equal(await stop(api.child), 0)
    t.equal(await stop(main.child), 0)
  },
)

void t.test('--tls-self-signed serves the API by https, and prints by what it is known', async (t) => {
  const home = temporaryDirectory(t)
  const flags = ['--port', '0', '--cluster-port', '0', '--cluster-bind', '127.0.0.1', '--data-dir', join(home, 'node')]
  const api = await serve(t, 'api', [...flags, '--tls-self-signed', '--local-worker'])
  const pin = /API pin +(\S+)/.exec(api.said)?.[1] ?? ''
  t.match(pin, /^[\w-]{43}$/)
  t.match(api.said, 'curl -fsS http://127.0.0.1', 'the link on loopback stays plain')
  const url = `https://127.0.0.1:${api.port}`
  const settings = { XDG_CONFIG_HOME: home, RETIRE_CLUSTER_API_URL: url, RETIRE_CLUSTER_PIN: pin }
  const args = ['tasks', 'submit', 'echo', '--payload', '{"message": "over TLS"}', '--wait']
  const outcome = await runToEnd(t, entry('client'), args, settings)
  t.equal(outcome.code, 0, outcome.stderr)
  t.match(outcome.stdout, 'over TLS')
  t.equal(await stop(api.child), 0)
  const contradiction = await runToEnd(t, entry('api'), ['--tls-self-signed', '--tls-cert', 'x', '--tls-key', 'y'])
  t.match(contradiction, { code: 2, stderr: /keep one of the two/ })
})
