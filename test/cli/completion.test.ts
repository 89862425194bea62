import t, { type Test } from 'tap'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFakeApi } from './fake-api.ts'
import { entry, runToEnd, temporaryDirectory } from './programs.ts'

const completing = async (t: Test) => {
  const page = {
    devices: [{ id: 'android-001' }, { id: 'laptop-002' }],
    tasks: [
      { task_id: 'task-a', batch_id: 'nightly' },
      { task_id: 'task-b', batch_id: 'nightly' },
    ],
    task_types: [{ task_type: 'echo' }, { task_type: 'word_count' }],
    keys: [{ id: 'key-a' }],
    join_tokens: [{ id: 'join-a' }],
  }
  const { url, asked } = await startFakeApi(t, [{ data: page }])
  const words = async (...typed: string[]) => {
    const variables = { RETIRE_CLUSTER_API_URL: url, XDG_CONFIG_HOME: '/nonexistent' }
    const { code, stdout, stderr } = await runToEnd(
      t,
      entry('client'),
      ['completion', 'words', '--', ...typed],
      variables,
    )
    t.equal(code, 0)
    t.equal(stderr, '')
    return stdout.split('\n').filter((word) => word !== '')
  }
  return { words, asked }
}

void t.test('completion knows groups, commands, flags and choices, and asks nobody for them', async (t) => {
  const { words, asked } = await completing(t)
  t.strictSame(await words('de'), ['devices', 'demo'])
  t.strictSame(await words('tasks', 'can'), ['cancel'])
  t.strictSame(await words('--output', 'json', 'tasks', 'li'), ['list'])
  t.strictSame(await words('tasks', 'list', '--sta'), ['--status'])
  t.strictSame(await words('tasks', 'list', '--status', 'c'), ['completed', 'cancelled'])
  t.strictSame(await words('--output', ''), ['table', 'json', 'csv', 'yaml'])
  t.ok((await words('logs', '--')).includes('--level'), 'a command that stands alone')
  t.strictSame(await words('config', 'set', 'api_'), ['api_url', 'api_key'])
  t.strictSame(await words('completion', ''), ['bash', 'zsh', 'fish'])
  t.strictSame(await words('nonsense', 'x', ''), [])
  t.strictSame(await words('tasks', 'list', '--status=c'), ['--status=completed', '--status=cancelled'])
  t.strictSame(await words('config', 'profile', ''), ['list', 'add', 'use', 'remove'])
  t.strictSame(await words('keys', 'create', ''), [], 'a name is nothing that is there')
  t.strictSame(await words('devices', 'run', '--', 'uname', '--'), [], 'the flags of another program')
  t.equal(asked.length, 0)
})

void t.test('completion knows the ids of devices, tasks, batches and types, as the API has them now', async (t) => {
  const { words, asked } = await completing(t)
  t.strictSame(await words('devices', 'show', ''), ['android-001', 'laptop-002'])
  t.strictSame(await words('devices', 'drain', 'android-001', 'lap'), ['laptop-002'])
  t.strictSame(await words('tasks', 'list', '--device-id', 'a'), ['android-001'])
  t.strictSame(await words('tasks', 'cancel', 'task-a', ''), ['task-a', 'task-b'])
  t.strictSame(await words('tasks', 'retry', '--batch', ''), ['nightly'])
  t.strictSame(await words('tasks', 'submit', ''), ['echo', 'word_count'])
  t.strictSame(await words('tasks', 'show', 'task-a', ''), [], 'one task is all that it takes')
  t.strictSame(await words('devices', 'drain', '-', 'lap'), ['laptop-002'], 'the standard input, and others')
  t.strictSame(await words('keys', 'revoke', ''), ['key-a'])
  t.strictSame(await words('tokens', 'revoke', ''), ['join-a'])
  t.equal(asked.length, 9)
})

void t.test('completion asks the API that the line names, by a profile or an address', async (t) => {
  const serving = async (id: string) => (await startFakeApi(t, [{ data: { devices: [{ id }] } }])).url
  const [home, lab] = [await serving('of-home'), await serving('of-lab')]
  const file = join(temporaryDirectory(t), 'config.json')
  const profiles = { home: { api_url: home, api_key: 'key-of-home' }, lab: { api_url: lab } }
  writeFileSync(file, JSON.stringify({ profile: 'home', profiles }))
  const words = async (typed: readonly string[], more = {}) => {
    const variables = { RETIRE_CLUSTER_CONFIG: file, ...more }
    const { stdout } = await runToEnd(t, entry('client'), ['completion', 'words', '--', ...typed], variables)
    return stdout.split('\n').filter((word) => word !== '')
  }
  const show = ['devices', 'show', '']
  t.strictSame(await words(show), ['of-home'])
  t.strictSame(await words(['--profile', 'lab', ...show]), ['of-lab'])
  t.strictSame(await words(['--profile=lab', ...show]), ['of-lab'])
  t.strictSame(await words(['--profile', 'lab', '--api-url', home, ...show]), ['of-home'])
  t.strictSame(await words(['--api-url', lab, ...show]), [], 'the key of a profile goes to no other address')
  t.strictSame(await words(['--profile', '']), ['home', 'lab'])
  t.strictSame(await words(['config', 'profile', 'use', 'l'], { RETIRE_CLUSTER_PROFILE: 'gone' }), ['lab'])
})

void t.test('an API that is away leaves the line as it is', async (t) => {
  const { url, asked } = await startFakeApi(t, ['cut off'])
  const variables = { RETIRE_CLUSTER_API_URL: url, XDG_CONFIG_HOME: '/nonexistent' }
  const outcome = await runToEnd(t, entry('client'), ['completion', 'words', '--', 'devices', 'show', ''], variables)
  t.match(outcome, { code: 0, stdout: '', stderr: '' })
  t.equal(asked.length, 1)
})

void t.test('there is a script for bash, zsh and fish, and a sentence for others', async (t) => {
  const run = (shell: string) =>
    runToEnd(t, entry('client'), ['completion', shell], { XDG_CONFIG_HOME: '/nonexistent' })
  for (const shell of ['bash', 'zsh', 'fish'])
    t.match(await run(shell), { code: 0, stdout: /retire-cluster completion words/, stderr: '' })
  t.match(await run('fisch'), { code: 2, stderr: /bash, zsh, fish\. Did you mean fish\?/ })
})
