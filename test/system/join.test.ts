import { spawn } from 'node:child_process'
import { statfsSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { text } from 'node:stream/consumers'
import t from 'tap'
import type { Test } from 'tap'
import { joinLine } from '../../src/link/server/join-line.ts'
import { makeCertificate } from '../link/certificates.ts'
import { JOIN_TOKEN, startCluster, until } from '../start-cluster.ts'
import { commandLinesBelow } from './command-lines.ts'

/** Pastes a line into a shell in an empty directory, which is its home as well. */
const paste = (t: Test, line: string) => {
  const home = t.testdir()
  const env = { PATH: process.env.PATH ?? '', HOME: home }
  const shell = spawn('sh', ['-c', line], { cwd: home, env, detached: true })
  t.teardown(() => {
    // The shell has become the worker; whatever of it is left ends with its group.
    if (shell.exitCode === null && shell.pid !== undefined) process.kill(-shell.pid, 'SIGKILL')
  })
  return shell
}

const lineOf = (clusterPort: number, rest: string) =>
  `curl -fsS http://127.0.0.1:${clusterPort}/join | sh -s -- ${rest}`
const gib = (bytes: number) => Math.round((bytes / 2 ** 30) * 100) / 100

void t.test(
  'the printed line makes a device join from an empty directory, and the device tells the truth of itself',
  async (t) => {
    const cluster = await startCluster(t, { workers: 0 })
    const shell = paste(t, lineOf(cluster.clusterPort, `${JOIN_TOKEN} --device-id second`))
    shell.stdout.resume()
    shell.stderr.resume()
    const device = await until('the device has told its load', async () =>
      (await cluster.devices()).devices.find(({ id, resources }) => id === 'second' && resources.cpu_usage !== null),
    )
    t.match(device, { status: 'online', hostname: String, platform: { os: 'linux' } })
    const { cpu_cores, memory_total_gb, memory_used_gb, storage_total_gb, cpu_usage } = device.resources
    t.equal(cpu_cores, availableParallelism())
    t.equal(memory_total_gb, gib(totalmem()))
    t.ok((memory_used_gb ?? 0) > 0 && (memory_used_gb ?? Infinity) < (memory_total_gb ?? 0))
    const { blocks, bsize } = statfsSync(process.cwd())
    t.equal(storage_total_gb, gib(blocks * bsize))
    t.ok((cpu_usage ?? -1) >= 0 && (cpu_usage ?? 101) <= 100)
    const { task_id } = await cluster.submit({
      task_type: 'echo',
      payload: { message: 'first task' },
      device_id: 'second',
    })
    t.match(await cluster.task(task_id, 60), { status: 'completed', result: { output: 'first task' } })
    const worker = commandLinesBelow(shell.pid ?? 0).find((line) => line.includes('worker.mjs'))
    t.match(worker, `--join 127.0.0.1:${cluster.clusterPort}`)
    t.notMatch(worker, JOIN_TOKEN, 'the list of processes does not show the token')
  },
)

void t.test(
  'over TLS the printed line takes the script from the node alone, and the worker joins by its key',
  async (t) => {
    const { files, fingerprint } = await makeCertificate(t)
    const nodeArgs = ['--tls-cert', files.cert, '--tls-key', files.key]
    const cluster = await startCluster(t, { mode: 'remote', workers: 0, nodeArgs })
    const lineFor = (pin: string) =>
      joinLine({ host: '127.0.0.1', port: cluster.clusterPort, token: { token: JOIN_TOKEN, fingerprint: pin } })
    const shell = paste(t, `${lineFor(fingerprint)} --device-id second`)
    shell.stdout.resume()
    shell.stderr.resume()
    await until('it has joined', async () => ((await cluster.devices()).online === 1 ? true : undefined))
    const { task_id } = await cluster.submit({
      task_type: 'echo',
      payload: { message: 'over TLS' },
      device_id: 'second',
    })
    t.match(await cluster.task(task_id, 60), { status: 'completed', result: { output: 'over TLS' } })

    const other = await makeCertificate(t)
    const misled = paste(t, lineFor(other.fingerprint))
    misled.stdout.resume()
    t.match(await text(misled.stderr), /curl: \(90\)/, 'curl does not take a script from another key')
    t.equal((await cluster.devices()).total, 1)
  },
)

void t.test('a wrong token is refused, and told why', async (t) => {
  const cluster = await startCluster(t, { workers: 0 })
  const shell = paste(t, lineOf(cluster.clusterPort, 'wrong-token'))
  const exit = new Promise((resolve) => shell.once('exit', resolve))
  shell.stdout.resume()
  const said = await text(shell.stderr)
  t.equal(await exit, 1)
  t.match(said, /join token is not valid/)
  t.equal((await cluster.devices()).total, 0)
})
