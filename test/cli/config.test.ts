import t from 'tap'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { client } from './client-world.ts'
import { temporaryDirectory } from './programs.ts'

/** No device. */
const devices = {
  data: { devices: [], total: 0, online: 0, offline: 0, pending_approval: 0, next_cursor: null },
}

void t.test('config set keeps a setting in a file that only its owner reads, and later commands use it', async (t) => {
  const { run, asked, file, url } = await client(t, [{ data: { cluster_stats: { total_devices: 3 } } }])
  const unset = { RETIRE_CLUSTER_API_URL: '' }
  t.equal((await run(['config', 'set', 'api_url', `${url}/api/v1/`], unset)).code, 0)
  t.equal((await run(['config', 'set', 'api_key', 'your-secret-key'], unset)).code, 0)
  if (process.platform !== 'win32') t.equal(statSync(file).mode & 0o777, 0o600)
  t.strictSame(JSON.parse(readFileSync(file, 'utf8')), { api_url: `${url}/api/v1/`, api_key: 'your-secret-key' })

  const status = await run(['cluster', 'status'], unset)
  t.match(status.stdout, /^total_devices +3$/m)
  t.match(asked, [{ url: '/api/v1/cluster/status', key: 'your-secret-key' }])
  t.equal((await run(['config', 'get', 'api_key'], unset)).stdout, 'your-secret-key\n')
  const list = await run(['config', 'list'], unset)
  t.match(list.stdout, /^api_url +http:\/\/127\.0\.0\.1:\d+ +file$/m)
  t.notMatch(list.stdout, 'your-secret-key')
})

void t.test('a key of the file that no command knows is refused, one of another group is not', async (t) => {
  const { run } = await client(t, [devices])
  const file = join(temporaryDirectory(t), 'c.json')
  writeFileSync(file, '{"tasks_list_limit": 5, "devices_list_status": "online"}')
  t.equal((await run(['devices', 'list', '--config', file])).code, 0)
  writeFileSync(file, '{"devices_list_stats": "online"}')
  const { code, stderr } = await run(['devices', 'list', '--config', file])
  t.equal(code, 2)
  t.match(stderr, 'Did you mean devices_list_status?')
})

void t.test('config unset forgets a setting, which an error names where it is in the way', async (t) => {
  const { run, file } = await client(t, [devices])
  t.equal((await run(['config', 'set', 'api_key', 'your-secret-key'])).code, 0)
  t.equal((await run(['config', 'set', 'ca', '/nonexistent.pem'])).code, 0)
  const refused = await run(['devices', 'list'])
  t.match(refused, { code: 2, stderr: /or forget the one that is kept: retire-cluster config unset ca$/m })
  t.equal((await run(['config', 'unset', 'ca'])).code, 0)
  t.strictSame(JSON.parse(readFileSync(file, 'utf8')), { api_key: 'your-secret-key' })
  t.equal((await run(['devices', 'list'])).code, 0)
  t.match(await run(['config', 'unset', 'ca']), { code: 0, stderr: /^ca is not kept in / })
  t.match(await run(['config', 'unset', 'cb']), { code: 2, stderr: /is no setting/ })
})

void t.test('what is in the way is named where it comes from: a flag, a variable, a profile', async (t) => {
  const { run, file } = await client(t, [devices])
  t.match(await run(['devices', 'list', '--ca', '/nonexistent.pem']), { code: 2, stderr: /or leave out --ca$/m })
  const variable = { RETIRE_CLUSTER_CA: '/nonexistent.pem' }
  t.match(await run(['devices', 'list'], variable), { code: 2, stderr: /or unset RETIRE_CLUSTER_CA$/m })
  const profiles = { home: { ca: '/nonexistent.pem', output: 'json' }, work: { ca: '/other.pem' } }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify({ output: 'csv', profiles }))
  const refused = await run(['devices', 'list', '--profile', 'home'])
  t.match(refused, { code: 2, stderr: /: retire-cluster config unset ca --profile home$/m })
  t.equal((await run(['config', 'unset', 'ca', '--profile', 'home'])).code, 0)
  const left = { output: 'csv', profiles: { ...profiles, home: { output: 'json' } } }
  t.strictSame(JSON.parse(readFileSync(file, 'utf8')), left)
})

void t.test('config unset without a file makes none', async (t) => {
  const { run, file } = await client(t, [])
  t.equal((await run(['config', 'unset', 'ca'])).code, 0)
  t.notOk(existsSync(file))
})

void t.test('config get of what is not set is exit code 1, and makes no file', async (t) => {
  const { run, file } = await client(t, [])
  t.equal((await run(['config', 'get', 'api_key'])).code, 1)
  t.notOk(existsSync(file))
})
