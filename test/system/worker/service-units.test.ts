import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { launchdPlist } from '../../../src/cli/device/service/launchd-plist.ts'
import type { Service } from '../../../src/cli/device/service/service.ts'
import { systemdUnit } from '../../../src/cli/device/service/systemd-unit.ts'
import { workerBundlePath } from '../../../src/cli/package-files.ts'
import { killRead, temporaryDirectory } from '../../cli/programs.ts'
import { JOIN_TOKEN, startCluster, until } from '../../start-cluster.ts'
import { copyBundle } from './packed.ts'
import { startUserManager } from './user-manager.ts'

const UNIT = 'retire-cluster-worker.service'

const service: Service = {
  dataDir: '/srv/a b',
  argv: [process.execPath, workerBundlePath, '--data-dir=/srv/a b', '--tags=$HOME,%h'],
  variables: { RETIRE_CLUSTER_ROLE: '100 % "mobile"' },
}

void t.test('systemd finds no fault with the unit of a user, nor with that of the system', (t) => {
  const directory = temporaryDirectory(t)
  const path = join(directory, UNIT)
  for (const user of [undefined, 'root']) {
    writeFileSync(path, systemdUnit(service, user, [join(directory, 'copy.mjs')]))
    const flags = ['verify', '--man=no', user === undefined ? '--user' : '--system', path]
    const { status, stdout, stderr } = spawnSync('systemd-analyze', flags, {
      encoding: 'utf8',
      // Units of users are looked for in these.
      env: { ...process.env, HOME: directory, XDG_RUNTIME_DIR: directory },
    })
    t.equal(status, 0)
    t.equal(`${stdout}${stderr}`, '', user ?? 'of a user')
  }
  t.end()
})

void t.test('Python reads in the property list of launchd what was written', (t) => {
  const read = 'import json, plistlib, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))'
  const hostile = { ...service, argv: ['/a & <b>/node', '--tags="c"', "'d'", ']]>', 'é'] } satisfies Service
  const { stdout, stderr } = spawnSync('python3', ['-c', read], {
    encoding: 'utf8',
    input: launchdPlist(hostile, '/Users/a & b/log', ['/a--b/copy.mjs']),
  })
  t.equal(stderr, '')
  t.strictSame(JSON.parse(stdout), {
    Label: 'retire-cluster-worker',
    ProgramArguments: hostile.argv,
    EnvironmentVariables: { RETIRE_CLUSTER_ROLE: '100 % "mobile"', RETIRE_CLUSTER_FINAL_EXIT_CODE: '0' },
    RunAtLoad: true,
    KeepAlive: { SuccessfulExit: false },
    ThrottleInterval: 10,
    ExitTimeOut: 15,
    StandardOutPath: '/Users/a & b/log',
    StandardErrorPath: '/Users/a & b/log',
  })
  t.end()
})

void t.test(
  'a worker under a real systemd is started again after kill -9, not after its node has refused it, and is gone when it is removed',
  { timeout: 120_000 },
  async (t) => {
    const cluster = await startCluster(t, { workers: 0 })
    const { home, run } = await startUserManager(t)
    const program = join(home, 'worker.mjs')
    await copyBundle(program)
    // What systemd, shells and C would each read in another way.
    const dataDir = join(home, `a $HOME %h "b" 'c' \\d ; é`)
    const worker = (args: readonly string[], variables?: Record<string, string>) =>
      run(process.execPath, [program, ...args], variables)
    const install = (token: string) =>
      worker(
        [
          '--join',
          `127.0.0.1:${cluster.clusterPort}`,
          'install-service',
          '--device-id',
          'cellar',
          '--data-dir',
          dataDir,
        ],
        { RETIRE_CLUSTER_TOKEN: token, RETIRE_CLUSTER_TAGS: 'a,b' },
      )
    const show = async () => {
      const { stdout } = await run('systemctl', ['--user', 'show', UNIT])
      return Object.fromEntries(stdout.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]))
    }
    const device = async () => (await cluster.devices()).devices.find(({ id }) => id === 'cellar')
    const online = (what: string) =>
      until(what, async () => ((await device())?.status === 'online' ? true : undefined), 40)

    const installed = await install(JOIN_TOKEN)
    t.equal(installed.code, 0, installed.stderr)
    const unit = join(home, '.config/systemd/user', UNIT)
    t.match(installed.stdout, `Written: ${unit}`)
    t.notMatch(readFileSync(unit, 'utf8'), JOIN_TOKEN, 'the token is not kept')
    await online('the service is a device of the cluster')
    t.strictSame((await device())?.tags, ['a', 'b'], 'what was said by a variable is so')
    t.ok(existsSync(join(dataDir, 'identity.json')), 'the path has arrived as it was written')
    const { task_id } = await cluster.submit({ task_type: 'echo', payload: { message: 'served' }, device_id: 'cellar' })
    t.match(await cluster.task(task_id, 60), { status: 'completed', result: { output: 'served' } })

    const before = await show()
    t.match(before, { ActiveState: 'active', NRestarts: '0' })
    killRead(Number(before.MainPID))
    // Until the node misses it, the device is online without it.
    await until('it is started again', async () => {
      const { NRestarts, ActiveState } = await show()
      return (NRestarts === '1' && ActiveState === 'active') || undefined
    })
    await online('it is back')
    t.not((await show()).MainPID, before.MainPID)

    t.equal((await cluster.call('DELETE', '/api/v1/devices/cellar')).status, 200)
    const refused = await until('its end is known', async () => {
      const state = await show()
      return ['active', 'deactivating'].includes(state.ActiveState ?? '') ? undefined : state
    })
    t.match(refused, { ActiveState: 'failed', ExecMainStatus: '78', NRestarts: '1' }, 'and it is not started again')

    const { data } = await cluster.call<{ secret: string }>('POST', '/api/v1/join-tokens', {})
    const again = await install(data.secret)
    t.equal(again.code, 0, again.stderr)
    t.equal(again.stdout.split('\n')[1], installed.stdout.split('\n')[1], 'it says the same the second time')
    await online('it has joined anew')

    const removed = await worker(['uninstall-service'])
    t.equal(removed.code, 0, removed.stderr)
    t.notOk(existsSync(unit))
    t.match(await show(), { ActiveState: 'inactive', LoadState: 'not-found' })
    // Sooner than who says nothing is missed, which takes half a minute.
    await until('it has said goodbye', async () => (await device())?.status === 'offline' || undefined, 15)
    t.ok(existsSync(join(dataDir, 'identity.json')), 'who the device is stays')
    t.match(await worker(['uninstall-service']), { code: 0, stdout: /There is no service to remove/ })
  },
)
