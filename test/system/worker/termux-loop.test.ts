import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type LoopFiles, termuxScript } from '../../../src/cli/device/service/termux-script.ts'
import { ended, isAlive, killRead, runToEnd, temporaryDirectory } from '../../cli/programs.ts'
import { JOIN_TOKEN, startCluster, until } from '../../start-cluster.ts'
import { copyBundle } from './packed.ts'

/** A process whose parent is gone stays in the list until somebody takes its end: it runs no more once its command line is gone. */
const runs = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    // Its end has been taken, perhaps at this moment.
    return false
  }
}

/** Where the loop runs: what Termux has there, and a directory whose name a shell would take apart. */
const world = async (t: Test) => {
  const home = join(temporaryDirectory(t), `a $HOME 'b' "c"`)
  const bin = join(home, 'bin')
  mkdirSync(bin, { recursive: true })
  const locks = join(home, 'locks')
  for (const tool of ['termux-wake-lock', 'termux-wake-unlock']) {
    writeFileSync(join(bin, tool), `#!/bin/sh\necho ${tool} >>"$LOCKS"\n`)
    chmodSync(join(bin, tool), 0o755)
  }
  const program = join(home, 'worker.mjs')
  await copyBundle(program)
  const files: LoopFiles = { script: join(home, 'boot-script'), log: join(home, 'log'), pid: join(home, 'pid') }
  const environment = { PATH: `${bin}:${process.env.PATH ?? ''}`, HOME: home, LOCKS: locks }
  const startLoop = (shell: string): ChildProcess => {
    const loop = spawn(shell, [files.script], { env: environment, stdio: 'ignore', detached: true })
    // Whatever of it is left ends with its group.
    t.teardown(() => {
      if (loop.pid !== undefined && isAlive(-loop.pid)) process.kill(-loop.pid, 'SIGKILL')
    })
    return loop
  }
  return {
    files,
    program,
    environment,
    dataDir: join(home, 'data'),
    startLoop,
    locked: () => readFileSync(locks, 'utf8').trim().split('\n'),
    log: () => (existsSync(files.log) ? readFileSync(files.log, 'utf8') : ''),
  }
}

const quick = { written: [], lookSeconds: 1 }

for (const shell of ['dash', 'bash'])
  void t.test(
    `the loop of Termux:Boot, in ${shell}, starts a worker again after kill -9, and not after its node has refused it`,
    { timeout: 120_000 },
    async (t) => {
      const cluster = await startCluster(t, { workers: 0 })
      const { files, program, dataDir, startLoop, locked, log } = await world(t)
      const flags = ['--join', `127.0.0.1:${cluster.clusterPort}`, '--device-id', 'phone', '--data-dir', dataDir]
      const argv = [process.execPath, program, ...flags] as const
      const variables = { RETIRE_CLUSTER_TOKEN: JOIN_TOKEN, RETIRE_CLUSTER_TAGS: `a,b` }
      writeFileSync(files.script, termuxScript({ dataDir, argv: [...argv], variables }, files, { shell, ...quick }))
      const loop = startLoop(shell)
      const online = (what: string) =>
        until(what, async () => ((await cluster.devices()).online === 1 ? true : undefined))
      const workerPid = () => [...log().matchAll(/"pid":(\d+)/g)].map(([, pid]) => Number(pid)).at(-1) ?? 0
      // The node knows it a moment earlier, and the log, which tells the process, may be empty still.
      await until('it knows that it has joined', () => Promise.resolve(workerPid() === 0 ? undefined : true))
      await online('it has joined')
      t.strictSame(locked(), ['termux-wake-lock'])
      t.equal(readFileSync(files.pid, 'utf8').trim(), `${loop.pid}`)
      t.equal(await ended(startLoop(shell)), 0, 'a second loop leaves it to the first')

      const first = workerPid()
      killRead(first)
      await until('it is started again', () => Promise.resolve(workerPid() === first ? undefined : true))
      await online('it is back')
      t.match(log(), 'the worker ended with code 137, and is started again')

      t.equal((await cluster.call('DELETE', '/api/v1/devices/phone')).status, 200)
      t.equal(await ended(loop), 0, 'the loop ends with a worker that was refused')
      t.notOk(runs(workerPid()))
      t.notOk(existsSync(files.pid))
      t.strictSame(locked(), ['termux-wake-lock', 'termux-wake-unlock'], 'the phone may sleep again')
    },
  )

void t.test('told to stop, the loop ends its worker in order, and a wrong flag ends both', async (t) => {
  const cluster = await startCluster(t, { workers: 0 })
  const { files, program, dataDir, startLoop, log } = await world(t)
  const flags = ['--join', `127.0.0.1:${cluster.clusterPort}`, '--data-dir', dataDir]
  const write = (...more: readonly string[]) => {
    const argv = [process.execPath, program, ...flags, ...more] as const
    const variables = { RETIRE_CLUSTER_TOKEN: JOIN_TOKEN }
    writeFileSync(files.script, termuxScript({ dataDir, argv: [...argv], variables }, files, { shell: 'sh', ...quick }))
  }
  write()
  const loop = startLoop('sh')
  // The node knows it a moment earlier: who has had no welcome yet says no goodbye.
  await until('it knows that it has joined', () =>
    Promise.resolve(log().includes('connected to the node') ? true : undefined),
  )
  t.equal((await cluster.devices()).online, 1)
  loop.kill('SIGTERM')
  t.equal(await ended(loop), 0)
  // Sooner than who says nothing is missed, which takes half a minute.
  await until(
    'it has said goodbye',
    async () => (await cluster.devices()).devices[0]?.status === 'offline' || undefined,
    15,
  )
  write('--slots', '0')
  t.equal(await ended(startLoop('sh')), 0)
})

void t.test('the log of the loop has a bound, however long its worker runs', async (t) => {
  const { files, dataDir, startLoop } = await world(t)
  const logBytes = 10_000
  const argv = [process.execPath, '-e', 'setInterval(() => console.log("x".repeat(99)), 1)'] as const
  const service = { dataDir, argv: [...argv], variables: {} } satisfies Parameters<typeof termuxScript>[0]
  writeFileSync(files.script, termuxScript(service, files, { shell: 'sh', written: [], lookSeconds: 1, logBytes }))
  const loop = startLoop('sh')
  let emptied = 0
  let before = 0
  await until('it was begun anew three times', () => {
    const size = statSync(files.log, { throwIfNoEntry: false })?.size ?? 0
    if (size < before) emptied += 1
    before = size
    return Promise.resolve(emptied === 3 || undefined)
  })
  // It may be kept anew at this moment.
  await until('the last one is kept', () => Promise.resolve(statSync(`${files.log}.old`).size > logBytes || undefined))
  loop.kill('SIGTERM')
  t.equal(await ended(loop), 0)
})

void t.test('install-service writes the script and starts its loop; uninstall-service ends it', async (t) => {
  const cluster = await startCluster(t, { workers: 0 })
  const { dataDir, environment } = await world(t)
  const home = environment.HOME
  const prefix = join(home, 'usr')
  mkdirSync(join(prefix, 'bin'), { recursive: true })
  writeFileSync(join(prefix, 'bin/sh'), '#!/bin/sh\nexec /bin/sh "$@"\n', { mode: 0o755 })
  // As npx has it; and what is removed there any day must not be what the service runs.
  const cache = join(home, '_npx/1f3')
  mkdirSync(cache, { recursive: true })
  const program = join(cache, 'retire-cluster-worker.mjs')
  await copyBundle(program)
  const worker = (...args: readonly string[]) =>
    runToEnd(t, program, args, { ...environment, PREFIX: prefix, TERMUX_VERSION: '0.118.3' })
  const script = join(home, '.termux/boot/retire-cluster-worker')
  const pidFile = join(prefix, 'var/run/retire-cluster-worker.pid')
  const loopPid = async () => {
    const pid = await until('the loop runs', () => {
      const written = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').trim() : ''
      return Promise.resolve(written === '' ? undefined : Number(written))
    })
    t.teardown(() => {
      if (runs(pid)) process.kill(-pid, 'SIGKILL')
    })
    return pid
  }

  const early = await worker('install-service', '--data-dir', dataDir)
  t.match(early, { code: 2, stderr: /has not joined a cluster yet/ })
  t.notOk(existsSync(script), 'nothing is written for a device that has not joined')
  const node = ['--join', `127.0.0.1:${cluster.clusterPort}`]
  const wrong = await worker('install-service', ...node, '--token', 'wrong', '--data-dir', dataDir)
  t.match(wrong, { code: 1, stderr: /join token is not valid.*The device has not joined, for the reason above/s })
  t.notOk(existsSync(script))

  const installed = await worker('install-service', ...node, '--token', JOIN_TOKEN, '--data-dir', dataDir)
  t.equal(installed.code, 0, installed.stderr)
  const copy = join(dataDir, 'retire-cluster-worker.mjs')
  t.ok(existsSync(copy))
  const first = await loopPid()
  t.equal(statSync(script).mode & 0o777, 0o700)
  t.match(readFileSync(script, 'utf8'), 'retire-cluster-worker.mjs')
  t.notMatch(readFileSync(script, 'utf8'), '_npx')
  t.notMatch(readFileSync(script, 'utf8'), JOIN_TOKEN)
  await until('it is online', async () => ((await cluster.devices()).online === 1 ? true : undefined))
  const again = await worker('install-service', '--data-dir', dataDir)
  t.equal(again.code, 0, again.stderr)
  t.notOk(runs(first), 'one loop at a time')
  const second = await loopPid()

  const removed = await worker('uninstall-service')
  t.equal(removed.code, 0, removed.stderr)
  t.notOk(runs(second))
  for (const path of [copy, script, pidFile, join(prefix, 'var/log/retire-cluster-worker.log')])
    t.notOk(existsSync(path), path)
  t.ok(existsSync(join(dataDir, 'identity.json')), 'who the device is stays')

  writeFileSync(script, '#!/bin/sh\n')
  const foreign = /was not written by install-service/
  t.match(await worker('install-service', '--data-dir', dataDir), { code: 1, stderr: foreign })
  t.match(await worker('uninstall-service'), { code: 1, stderr: foreign })
  t.equal(readFileSync(script, 'utf8'), '#!/bin/sh\n', 'what somebody else wrote stays')
})
