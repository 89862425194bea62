import { spawn } from 'node:child_process'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import packageJson from '#package.json' with { type: 'json' }
import { cleanEnvironment, temporaryDirectory } from '../../cli/programs.ts'
import { JOIN_TOKEN, type RunningCluster, startCluster, until } from '../../start-cluster.ts'
import { copyBundle, pack, toEnd } from './packed.ts'

/** An empty home, and an empty cache of npm in it. */
const emptyHome = (t: Test) => {
  const directory = temporaryDirectory(t)
  const home = join(directory, 'home')
  mkdirSync(home)
  const env = cleanEnvironment({
    HOME: home,
    npm_config_cache: join(directory, 'cache'),
    XDG_DATA_HOME: join(home, 'data'),
  })
  return { directory, env }
}

/** Starts a worker by whatever brings it; it ends with the test, with all that brought it. */
const startWorker = (
  t: Test,
  cluster: RunningCluster,
  { command, env, cwd }: { command: readonly [string, ...string[]]; env: NodeJS.ProcessEnv; cwd: string },
) => {
  const [program, ...args] = command
  const flags = ['--join', `127.0.0.1:${cluster.clusterPort}`, '--token', JOIN_TOKEN, '--device-id', 'installed']
  const child = spawn(program, [...args, ...flags, '--allow', 'javascript,command'], {
    cwd,
    env,
    stdio: 'ignore',
    detached: true,
  })
  t.teardown(() => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
      process.kill(-child.pid, 'SIGKILL')
  })
  return until(
    'it has joined',
    async () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
      return (await cluster.devices()).devices.find(({ id, status }) => id === 'installed' && status === 'online')
    },
    120,
  )
}

const resultOf = async (cluster: RunningCluster, task_type: string, payload: object) => {
  const { task_id } = await cluster.submit({ task_type, payload, device_id: 'installed' })
  return cluster.task(task_id, 30)
}

void t.test(
  'the packed package joins by npx from an empty directory, home and cache, and runs a task',
  { timeout: 300_000 },
  async (t) => {
    const cluster = await startCluster(t, { workers: 0 })
    const { directory, env } = emptyHome(t)
    const tarball = await pack(directory)
    const npx = ['npx', '-y', '-p', `./${tarball}`, 'retire-cluster-worker'] as const
    await startWorker(t, cluster, { command: npx, env, cwd: directory })
    t.match(await resultOf(cluster, 'echo', { message: 'packed' }), {
      status: 'completed',
      result: { output: 'packed' },
    })
    const [program, ...args] = npx
    const shown = await toEnd(program, [...args, 'install-service', '--print'], { cwd: directory, env })
    t.equal(shown.code, 0, shown.stderr)
    t.match(shown.stdout, 'retire-cluster-worker/retire-cluster-worker.mjs', 'a service would run a copy that stays')
    t.notMatch(shown.stdout, '_npx')
  },
)

void t.test(
  'the one file runs by the oldest Node that is promised, with nothing beside it',
  { timeout: 300_000 },
  async (t) => {
    const oldest = `${packageJson.engines.node.replace('>=', '')}.0`
    const cluster = await startCluster(t, { workers: 0 })
    const { directory, env } = emptyHome(t)
    // The package `node` fetches its binary by a script, which npm has to be allowed.
    writeFileSync(join(directory, 'package.json'), JSON.stringify({ allowScripts: { node: true } }))
    const fetched = await toEnd('npm', ['install', '--silent', `node@${oldest}`], { cwd: directory, env })
    t.equal(fetched.code, 0, fetched.stderr)
    const node = join(directory, 'node_modules/node/bin/node')
    t.equal((await toEnd(node, ['--version'], { cwd: directory, env })).stdout.trim(), `v${oldest}`)
    const alone = join(directory, 'home', 'worker.mjs')
    await copyBundle(alone)
    t.ok(statSync(alone).size < 3_000_000, `${statSync(alone).size} bytes`)
    // Without PATH there is no other Node that could help it.
    const command = [node, alone] as const
    const device = await startWorker(t, cluster, {
      command: [...command],
      env: { ...env, PATH: '/usr/bin:/bin' },
      cwd: directory,
    })
    t.equal(device.platform.node_version, oldest)
    const javascript = await resultOf(cluster, 'javascript', { code: 'return input.a + 1', input: { a: 1 } })
    t.match(javascript, { status: 'completed', result: { value: 2 } })
    const ran = await resultOf(cluster, 'command', { command: ['sh', '-c', 'echo "$0"', 'ran'] })
    t.match(ran, { status: 'completed', result: { output: 'ran\n', exit_code: 0 } })
  },
)
