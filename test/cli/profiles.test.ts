import t from 'tap'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFakeApi } from './fake-api.ts'
import { entry, runToEnd, temporaryDirectory } from './programs.ts'

type Test = Parameters<typeof startFakeApi>[0]

/** Two clusters, and a client with a config file of its own. */
const world = async (t: Test) => {
  const answer = [{ data: { cluster_stats: { total_devices: 1 } } }]
  const [home, lab] = await Promise.all([startFakeApi(t, answer), startFakeApi(t, answer)])
  const directory = temporaryDirectory(t)
  const run = (args: readonly string[], variables: Record<string, string> = {}) =>
    runToEnd(t, entry('client'), args, { XDG_CONFIG_HOME: directory, ...variables })
  return { home, lab, run, file: join(directory, 'retire-cluster', 'config.json') }
}

void t.test('profiles keep the settings of several clusters, chosen by flag, variable or for good', async (t) => {
  const { home, lab, run, file } = await world(t)
  await run(['config', 'profile', 'add', 'home', '--api-url', home.url, '--api-key', 'key-of-home'])
  await run(['config', 'profile', 'add', 'lab', '--api-url', lab.url])
  if (process.platform !== 'win32') t.equal(statSync(file).mode & 0o777, 0o600)

  t.equal((await run(['--profile', 'home', 'cluster', 'status'])).code, 0)
  t.equal((await run(['cluster', 'status'], { RETIRE_CLUSTER_PROFILE: 'lab' })).code, 0)
  t.match([home.asked, lab.asked], [[{ key: 'key-of-home' }], [{ key: undefined }]])

  t.equal((await run(['config', 'profile', 'use', 'lab'])).code, 0)
  t.equal((await run(['config', 'set', 'api_key', 'key-of-lab'])).code, 0)
  t.equal((await run(['cluster', 'status'])).code, 0)
  t.match(lab.asked[1], { key: 'key-of-lab' })
  const { stdout } = await run(['config', 'profile', 'list', '--output', 'json'])
  t.match(JSON.parse(stdout), {
    profiles: [
      { name: 'home', in_use: false },
      { name: 'lab', in_use: true },
    ],
  })
  t.notMatch(stdout, 'key-of', 'keys are not shown')

  t.equal((await run(['config', 'profile', 'use'])).code, 0)
  t.equal((await run(['config', 'profile', 'remove', 'lab'])).code, 0)
  t.strictSame(JSON.parse(readFileSync(file, 'utf8')), {
    profiles: { home: { api_url: home.url, api_key: 'key-of-home' } },
  })
})

void t.test('a key that is kept beside the profiles goes to none of their clusters', async (t) => {
  const { home, lab, run } = await world(t)
  await run(['config', 'set', 'api_url', home.url])
  await run(['config', 'set', 'api_key', 'key-of-home'])
  await run(['config', 'set', 'output', 'json'])
  await run(['config', 'profile', 'add', 'lab', '--api-url', lab.url])
  const { stdout } = await run(['--profile', 'lab', 'cluster', 'status'])
  t.match(lab.asked, [{ key: undefined }])
  t.match(JSON.parse(stdout), { total_devices: 1 }, 'what says nothing of a cluster counts for all')
})

void t.test('a profile that is not there, or says what nothing reads, is exit code 2', async (t) => {
  const { run, file } = await world(t)
  await run(['config', 'profile', 'add', 'home'])
  t.match(await run(['--profile', 'hom', 'cluster', 'status']), {
    code: 2,
    stderr: /no profile hom .*Did you mean home\?/,
  })
  t.match(await run(['config', 'profile', 'usse', 'home']), { code: 2, stderr: /Did you mean use\?/ })
  t.equal((await run(['config', 'profile', 'use', 'other'])).code, 2)
  t.equal((await run(['config', 'profile', 'add'])).code, 2)
  writeFileSync(file, '{"profiles": {"home": {"api_ur": "x"}}}')
  t.match(await run(['--profile', 'home', 'cluster', 'status']), { code: 2, stderr: /Did you mean api_url\?/ })
  writeFileSync(file, '{"profiles": []}')
  t.equal((await run(['--profile', 'home', 'cluster', 'status'])).code, 2)
})

void t.test('a profile in use that is not there keeps nobody from making it, or from using another', async (t) => {
  const { lab, run } = await world(t)
  const missing = { RETIRE_CLUSTER_PROFILE: 'lab' }
  t.match(await run(['cluster', 'status'], missing), { code: 2, stderr: /config profile add lab/ })
  for (const args of [
    ['add', 'home'],
    ['list'],
    ['use', 'home'],
    ['remove', 'home'],
    ['add', 'lab', '--api-url', lab.url],
  ])
    t.match(await run(['config', 'profile', ...args], missing), { code: 0, stderr: '' }, args.join(' '))
  t.equal((await run(['cluster', 'status'], missing)).code, 0)
  t.equal(lab.asked.length, 1)
})

void t.test('the key of a profile is sent to no other address than its own', async (t) => {
  const { home, lab, run } = await world(t)
  await run(['config', 'profile', 'add', 'lab', '--api-url', lab.url, '--api-key', 'key-of-lab'])
  const elsewhere = await run(['--profile', 'lab', 'cluster', 'status'], { RETIRE_CLUSTER_API_URL: home.url })
  t.match(elsewhere, { code: 2, stderr: /key of the profile lab .* RETIRE_CLUSTER_API_URL/ })
  t.match(await run(['--profile', 'lab', '--api-url', home.url, 'cluster', 'status']), { code: 2, stderr: /--api-url/ })
  t.strictSame(home.asked, [])
  t.equal((await run(['--profile', 'lab', '--api-url', home.url, '--api-key', 'mine', 'cluster', 'status'])).code, 0)
  t.match(home.asked, [{ key: 'mine' }])
})

void t.test('no setting of an API keeps config from mending it', async (t) => {
  const { lab, run } = await world(t)
  t.equal((await run(['config', 'set', 'pin', 'F'.repeat(43)])).code, 0)
  t.match(await run(['cluster', 'status']), { code: 2, stderr: /--pin/ })
  t.equal((await run(['config', 'set', 'api_url', 'https://localhost:1'])).code, 0)
  await run(['config', 'profile', 'add', 'home', '--api-url', lab.url, '--api-key', 'key-of-home'])
  await run(['config', 'profile', 'use', 'home'])
  t.equal((await run(['config', 'profile', 'add', 'lab', '--api-url', lab.url])).code, 0, 'while another has a key')
  t.match(await run(['config', 'profile', 'add', 'büro']), { code: 2, stderr: /letters, digits/ })
})
