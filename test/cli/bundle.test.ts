import t from 'tap'
import { copyFileSync, existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { clientBundlePath, serverBundleDirectory, workerBundlePath } from '../../src/cli/package-files.ts'
import { refusalOfNode } from '../../src/cli/node-version.ts'
import packageJson from '#package.json' with { type: 'json' }
import { executorWorld } from '../worker/executor-world.ts'
import { execution, until } from '../worker/world.ts'
import { startFakeApi } from './fake-api.ts'
import { bundle, closed, ended, logLine, runToEnd, start, temporaryDirectory } from './programs.ts'

void t.test('the one-file worker runs where nothing but Node is', async (t) => {
  await bundle(t, 'worker')
  // Moved away from the repository, so that no node_modules can help it.
  const alone = join(temporaryDirectory(t), 'worker.mjs')
  copyFileSync(workerBundlePath, alone)
  t.match(await runToEnd(t, alone, ['--version']), { code: 0, stdout: `${packageJson.version}\n`, stderr: '' })
  t.match(await runToEnd(t, alone, ['--help']), { code: 0, stdout: /RETIRE_CLUSTER_JOIN/ })
  // Node keeps longer texts outside of V8's heap, two bytes a character: 2 MB more in every worker (EXTERN_APEX in its string_bytes.cc).
  t.ok(statSync(alone).size < 1_031_913, `${statSync(alone).size} bytes`)
  if (process.platform !== 'win32') t.equal(statSync(workerBundlePath).mode & 0o111, 0o111, 'can be run as it is')
  const source = readFileSync(alone, 'utf8')
  t.ok(source.startsWith('#!/usr/bin/env node\n'))
  // Nothing of Node but `require` is loaded before its version is checked.
  t.strictSame(source.match(/\bfrom\s*["']node:\w+["']/g), ["from 'node:module'"])
  const old = `delete process.getBuiltinModule; Object.defineProperty(process, 'versions', { value: { node: '18.20.8' } })`
  const refused = await runToEnd(t, alone, [], {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(old)}`,
  })
  t.match(refused, { code: 1, stderr: /^retire-cluster-worker: Node 18\.20\.8 is too old; .*\n$/ })
  const payload = { code: 'console.log(typeof process); return input.n * 2', input: { n: 21 } }
  const end = await executorWorld(t, { workerFile: alone }).run('javascript', payload, execution().context)
  t.match(end, { outcome: 'completed', result: { value: 42, output: 'undefined\n' } }, 'it is its own sandbox')
})

void t.test('the bundled client runs every group of commands, each loaded when it is called', async (t) => {
  await bundle(t, 'client')
  const { stdout } = await runToEnd(t, clientBundlePath, ['--help'])
  const [, list = ''] = stdout.split('Commands:')
  const groups = [...list.matchAll(/^ {2}(\w+)/gm)].map(([, group = '']) => group)
  t.ok(groups.includes('devices') && groups.includes('mcp'), groups.join(' '))
  for (const group of groups)
    t.match(await runToEnd(t, clientBundlePath, [group, '--help']), { code: 0, stderr: '', stdout: /^Usage: / }, group)
  t.match(await runToEnd(t, clientBundlePath, ['--version']), { code: 0, stdout: `${packageJson.version}\n` })
  const start = readFileSync(clientBundlePath, 'utf8')
  t.ok(start.startsWith('#!/usr/bin/env node\n'))
  const old = `Object.defineProperty(process, 'versions', { value: { node: '18.20.8' } })`
  const refused = await runToEnd(t, clientBundlePath, [], {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(old)}`,
  })
  t.match(refused, { code: 1, stderr: /^retire-cluster: Node 18\.20\.8 is too old; .*\n$/ })
  if (process.platform !== 'win32') t.equal(statSync(clientBundlePath).mode & 0o111, 0o111, 'can be run as it is')

  const { url } = await startFakeApi(t, [{ data: { devices: [], total: 0, next_cursor: null } }])
  const inYaml = await runToEnd(t, clientBundlePath, ['--api-url', url, 'devices', 'list', '--output', 'yaml'])
  t.match(inYaml, { code: 0, stderr: '', stdout: /^devices: \[\]/ }, 'what is loaded with one format alone')
})

void t.test('the bundled server serves all that it is made of, from kept code too', async (t) => {
  await bundle(t, 'server')
  const directory = temporaryDirectory(t)
  const program = join(serverBundleDirectory, 'retire-cluster-api.mjs')
  const environment = { XDG_CACHE_HOME: join(directory, 'cache') }
  const kept = join(directory, 'cache/retire-cluster/retire-cluster-api.code')
  const serve = async (...more: readonly string[]) => {
    const flags = ['--port', '0', '--cluster-port', '0', '--cluster-bind', '127.0.0.1', '--data-dir', directory]
    const child = start(t, program, [...flags, ...more], environment)
    const { port, scheme, cluster_port } = await logLine(child, ({ msg }) => msg === 'listening')
    const stop = () => {
      child.kill('SIGTERM')
      return ended(child)
    }
    return { scheme, api: `http://127.0.0.1:${String(port)}`, link: `http://127.0.0.1:${String(cluster_port)}`, stop }
  }
  const get = async (url: string) => {
    const response = await fetch(url)
    return { status: response.status, text: await response.text() }
  }
  const first = await serve()
  t.match(await get(`${first.api}/health`), { status: 200, text: /"healthy"/ })
  t.match(await get(`${first.api}/openapi.yaml`), { status: 200, text: /^openapi: 3\.1\.0/ })
  t.match(await get(`${first.api}/docs/`), { status: 200, text: /swagger-ui-bundle\.js/ })
  t.match(await get(`${first.api}/docs/static/swagger-ui-bundle.js`), { status: 200, text: /SwaggerUI/ })
  t.match(await get(`${first.api}/api/v1/tasks?limit=0`), { status: 400, text: /VALIDATION_ERROR/ })
  t.match(await get(`${first.link}/join`), { status: 200, text: /retire-cluster-worker/ })
  await until('the code is kept', () => existsSync(kept))
  t.equal(await first.stop(), 0)
  const { ino } = statSync(kept)
  // It makes a certificate, by a program of its own.
  const second = await serve('--tls-self-signed')
  t.equal(second.scheme, 'https')
  t.ok(existsSync(join(directory, 'tls-certificate.pem')))
  t.equal(await second.stop(), 0)
  t.equal(statSync(kept).ino, ino, 'what was kept still is')
  for (const name of ['retire-cluster-api', 'retire-cluster-main']) {
    const entry = join(serverBundleDirectory, `${name}.mjs`)
    t.match(await runToEnd(t, entry, ['--version'], environment), {
      code: 0,
      stdout: `${packageJson.version}\n`,
      stderr: '',
    })
    const old = `delete process.getBuiltinModule; Object.defineProperty(process, 'versions', { value: { node: '18.20.8' } })`
    const refused = await runToEnd(t, entry, [], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(old)}`,
    })
    t.match(refused, { code: 1, stderr: new RegExp(`^${name}: Node 18\\.20\\.8 is too old; .*\\n$`) })
    if (process.platform !== 'win32') t.equal(statSync(entry).mode & 0o111, 0o111, 'can be run as it is')
  }
})

void t.test(
  'the bundled server loads the driver of PostgreSQL where a database is named, and only there',
  async (t) => {
    await bundle(t, 'server')
    const program = join(serverBundleDirectory, 'retire-cluster-main.mjs')
    const telling = `import { Module } from 'node:module'
    const { _load } = Module
    Module._load = (name, ...others) => {
      if (name === 'pg') process.stderr.write('the driver is loaded\\n')
      return _load(name, ...others)
    }`
    const environment = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(telling)}` }
    const flags = ['--cluster-port', '0', '--cluster-bind', '127.0.0.1', '--data-dir', temporaryDirectory(t)]
    const child = start(t, program, flags, environment)
    let told = ''
    child.stderr?.on('data', (chunk: Buffer) => (told += chunk.toString()))
    await logLine(child, ({ msg }) => msg === 'listening')
    child.kill('SIGTERM')
    t.equal(await closed(child), 0)
    t.notMatch(told, /the driver is loaded/)
    // Nobody listens on port 1.
    const named = await runToEnd(t, program, [...flags, '--database', 'postgres://127.0.0.1:1/cluster'], environment)
    t.match(named, { code: 1, stderr: /the driver is loaded\n.*cannot be used \(connect ECONNREFUSED/s })
  },
)

void t.test('a Node that is too old is refused in one sentence', (t) => {
  for (const old of ['18.20.8', '20.20.2', '22.15.9', '21.99.0'])
    t.match(
      refusalOfNode('retire-cluster-worker', old),
      /^retire-cluster-worker: Node \d+\.\d+\.\d+ is too old; install Node 22\.16/,
    )
  for (const fine of ['22.16.0', '22.20.1', '23.0.0', '24.21.0', '100.0.0'])
    t.equal(refusalOfNode('x', fine), undefined)
  t.end()
})
