import t from 'tap'
import { join } from 'node:path'
import { startCluster } from '../start-cluster.ts'
import { refusal, startFakeApi } from './fake-api.ts'
import { ended, entry, logLine, type Outcome, runToEnd, start, temporaryDirectory } from './programs.ts'

type Test = Parameters<typeof temporaryDirectory>[0]

const key = {
  id: 'key-1',
  name: 'laptop',
  scopes: ['read', 'write'],
  created_at: '2026-11-24T12:00:00.000Z',
  expires_at: null,
  last_used_at: null,
}

const client =
  (t: Test, url: string, apiKey?: string) =>
  (...args: string[]): Promise<Outcome> =>
    runToEnd(t, entry('client'), args, {
      XDG_CONFIG_HOME: temporaryDirectory(t),
      RETIRE_CLUSTER_API_URL: url,
      ...(apiKey === undefined ? {} : { RETIRE_CLUSTER_API_KEY: apiKey }),
    })

void t.test('keys list, create and revoke ask the API, and print what it answers', async (t) => {
  const { url, asked } = await startFakeApi(t, [
    { data: { keys: [key] } },
    { data: { key, secret: 'rck_secret' } },
    { data: { removed_key: 'key-1' } },
    refusal(403, 'PERMISSION_DENIED', 'This is not permitted: it is the last one.'),
  ])
  const run = client(t, url)
  const list = await run('keys', 'list')
  t.match(
    list.stdout,
    /^ID +NAME +SCOPES +CREATED_AT +EXPIRES_AT +LAST_USED_AT\nkey-1 +laptop +read write +2026-\S+ +- +-\n$/,
  )
  const before = Date.now()
  const created = await run('keys', 'create', 'laptop', '--scopes', 'read,write', '--expires-in', '90d')
  t.match(created.stdout, /^secret +rck_secret$/m)
  t.match(await run('keys', 'revoke', 'key-1'), { code: 0, stdout: /^removed_key +key-1$/m })
  t.match(await run('keys', 'revoke', 'key-2'), { code: 1, stderr: /it is the last one/ })
  t.match(asked, [
    { method: 'GET', url: '/api/v1/keys' },
    { method: 'POST', url: '/api/v1/keys', body: { name: 'laptop', scopes: ['read', 'write'] } },
    { method: 'DELETE', url: '/api/v1/keys/key-1' },
    { method: 'DELETE', url: '/api/v1/keys/key-2' },
  ])
  const { expires_at } = asked[1]?.body as { expires_at: string }
  t.ok(Date.parse(expires_at) - before >= 90 * 86_400_000, `${expires_at} is in 90 days`)
  for (const bad of ['90', '0d', '1w']) t.equal((await run('keys', 'create', 'x', `--expires-in=${bad}`)).code, 2, bad)
  t.equal((await run('keys', 'create', 'x', '--scopes', 'root')).code, 2)
  t.equal(asked.length, 4)
})

void t.test('a key that is made on the command line opens what it may, until it is revoked', async (t) => {
  const cluster = await startCluster(t, { workers: 0, key: 'your-secret-key' })
  const admin = client(t, cluster.url, 'your-secret-key')
  const { stdout } = await admin('keys', 'create', 'reader', '--output', 'json')
  const made = JSON.parse(stdout) as { key: { id: string; scopes: string[] }; secret: string }
  t.same(made.key.scopes, ['read'])
  const reader = client(t, cluster.url, made.secret)
  t.equal((await reader('tasks', 'list')).code, 0)
  t.match(await reader('keys', 'list'), { code: 1, stderr: /lacks the scope admin/ })
  t.equal((await admin('keys', 'revoke', made.key.id)).code, 0)
  t.match(await reader('tasks', 'list'), { code: 1, stderr: /AUTHENTICATION_REQUIRED/ })
})

void t.test('--new-admin-key gives access back to who lost it, once the node is stopped', async (t) => {
  const dataDir = join(temporaryDirectory(t), 'data')
  const make = (...more: string[]) => runToEnd(t, entry('api'), ['--new-admin-key', '--data-dir', dataDir, ...more])
  t.match(await make(), { code: 1, stdout: '', stderr: /^retire-cluster-api: There is no cluster in [^\n]+\n$/ })
  t.match(await make('--cluster-host', '192.0.2.1'), { code: 2, stderr: /without --cluster-host/ })
  const serve = async () => {
    const ports = ['--port', '0', '--cluster-port', '0', '--cluster-bind', '127.0.0.1']
    const api = start(t, entry('api'), ['--auth', '--data-dir', dataDir, ...ports])
    api.stdout?.resume()
    const { port } = await logLine(api, ({ msg }) => msg === 'listening')
    return { api, url: `http://127.0.0.1:${Number(port)}/api/v1/keys` }
  }
  const first = await serve()
  t.match(await make(), { code: 1, stdout: '', stderr: /in use by another process: stop that one/ })
  first.api.kill('SIGTERM')
  await ended(first.api)
  const { code, stdout } = await make()
  t.equal(code, 0)
  t.match(stdout, /^rck_[\w-]{43}\n$/, 'the key alone, for scripts')
  const second = await serve()
  const answer = await fetch(second.url, { headers: { 'X-API-Key': stdout.trim() } })
  t.equal(answer.status, 200, 'with the scope admin')
  second.api.kill('SIGTERM')
  await ended(second.api)
})
