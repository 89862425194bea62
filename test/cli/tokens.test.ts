import t from 'tap'
import { join } from 'node:path'
import type { DeviceList, JoinTokenCreated, JoinTokenList } from '../../schemas/index.ts'
import { startCluster, until } from '../start-cluster.ts'
import { startFakeApi } from './fake-api.ts'
import { closed, entry, type Outcome, runToEnd, start, temporaryDirectory } from './programs.ts'

type Test = Parameters<typeof temporaryDirectory>[0]

const client =
  (t: Test, url: string) =>
  (args: readonly string[], stdin = ''): Promise<Outcome> =>
    runToEnd(t, entry('client'), args, { XDG_CONFIG_HOME: temporaryDirectory(t), RETIRE_CLUSTER_API_URL: url }, stdin)

const join_token = {
  id: 'join-1',
  tags: ['lab'],
  role: null,
  auto_approve: true,
  created_at: '2026-11-24T12:00:00.000Z',
  expires_at: '2099-11-24T12:00:00.000Z',
  max_uses: 30,
  uses: 0,
}

void t.test('tokens list, create and revoke ask the API, and print what it answers', async (t) => {
  const created = { join_token, secret: 'rcj_secret', command: 'curl … | sh', join_url: 'https://node/join#rcj_secret' }
  const { url, asked } = await startFakeApi(t, [
    { data: { join_tokens: [join_token] } },
    { data: created },
    { data: created },
    { data: created },
    { data: { removed_join_token: 'join-1' } },
  ])
  const run = client(t, url)
  t.match((await run(['tokens', 'list'])).stdout, /^join-1 +- +lab +true +0 +30 +2026-\S+ +2099-\S+\n$/m)
  const flags = ['--tags', 'lab,shelf', '--role', 'mobile', '--auto-approve', '--expires-in', '1h', '--max-uses', '30']
  const { stdout } = await run(['tokens', 'create', ...flags])
  t.match(stdout, /^auto_approve +true$/m)
  t.match(stdout, /\n\n {2}curl … \| sh\n\n/)
  t.match(stdout, /\n {2}https:\/\/node\/join#rcj_secret\n$/)
  t.notMatch(stdout, '\u001b', 'no QR code where nobody looks')
  t.same(JSON.parse((await run(['tokens', 'create', '--output', 'json'])).stdout), created)
  t.equal((await run(['tokens', 'create', '-q'])).stdout, 'join-1\n')
  t.match((await run(['tokens', 'revoke', 'join-1'])).stdout, /^removed_join_token +join-1$/m)
  t.match(asked, [
    { method: 'GET', url: '/api/v1/join-tokens' },
    {
      method: 'POST',
      url: '/api/v1/join-tokens',
      body: { tags: ['lab', 'shelf'], role: 'mobile', auto_approve: true, expires_in: 3600, max_uses: 30 },
    },
    { method: 'POST' },
    { method: 'POST' },
    { method: 'DELETE', url: '/api/v1/join-tokens/join-1' },
  ])
  t.strictSame(asked[2]?.body, { tags: [], auto_approve: false })
  t.match(await run(['tokens', 'create', '--max-uses', '0']), { code: 2, stderr: /max-uses/ })
})

void t.test('from a token to a device that is approved, by the command line alone', async (t) => {
  const cluster = await startCluster(t, { workers: 0, nodeArgs: ['--require-approval'] })
  const run = client(t, cluster.url)
  const json = async <T>(...args: string[]) => JSON.parse((await run([...args, '--output', 'json'])).stdout) as T
  const { secret, command } = await json<JoinTokenCreated>('tokens', 'create', '--tags', 'lab', '--max-uses', '1')
  const [node = ''] = /127\.0\.0\.1:\d+/.exec(command) ?? []
  const dataDir = join(temporaryDirectory(t), 'worker')
  const args = ['--join', node, '--device-id', 'phone', '--data-dir', dataDir]
  const worker = start(t, entry('worker'), args, { RETIRE_CLUSTER_TOKEN: secret })
  let log = ''
  worker.stderr?.on('data', (piece: Buffer) => (log += piece.toString()))
  await until('it waits, and says so', () => Promise.resolve(log.includes('waits for approval') || undefined))
  t.match(await cluster.devices(), { pending_approval: 1, online: 0, devices: [{ id: 'phone', tags: ['lab'] }] })
  const late = await runToEnd(t, entry('worker'), ['--join', node, '--data-dir', temporaryDirectory(t)], {
    RETIRE_CLUSTER_TOKEN: secret,
  })
  t.match(late, { code: 1, stderr: /the join token is used up/ })

  const waiting = await run(['devices', 'list', '-q', '--status', 'pending_approval'])
  t.match(await run(['devices', 'approve', '-'], waiting.stdout), { code: 0, stdout: /^phone +true/m })
  t.match(await cluster.devices(), { pending_approval: 0, online: 1 })
  const { task_id } = await cluster.submit({ task_type: 'echo', payload: { message: 'in' } })
  t.match(await cluster.task(task_id, 60), { status: 'completed', device_id: 'phone' })

  const { join_tokens } = await json<JoinTokenList>('tokens', 'list')
  t.match(join_tokens, [{ uses: 1, max_uses: 1 }])
  t.equal((await run(['tokens', 'revoke', join_tokens[0]?.id ?? ''])).code, 0)
  t.equal((await json<DeviceList>('devices', 'list')).online, 1, 'who has joined stays')

  t.equal((await run(['devices', 'remove', 'phone'])).code, 0)
  t.equal(await closed(worker), 1)
  t.match(log, /this device was removed from the cluster/)
  const again = await runToEnd(t, entry('worker'), args, { RETIRE_CLUSTER_TOKEN: 'join-token-of-the-test' })
  t.match(again, { code: 1, stderr: /it joins again with a token made since/ })
})
