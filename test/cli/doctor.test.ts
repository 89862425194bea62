import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Finding } from '../../src/worker/checkup/finding.ts'
import { checkDataDirectory } from '../../src/cli/device/doctor/data-directory.ts'
import { checkMembership } from '../../src/cli/device/doctor/membership.ts'
import { fixesOf, inWords } from '../../src/cli/device/doctor/words.ts'
import { type Machine, thisMachine } from '../../src/worker/machine.ts'
import { JOIN_TOKEN, startCluster } from '../start-cluster.ts'
import { closed, ended, entry, joinedLine, runToEnd, start, temporaryDirectory } from './programs.ts'

type Owner = Parameters<typeof temporaryDirectory>[0]

type Told = { readonly ok: boolean; readonly findings: readonly Finding[]; readonly fixes: readonly string[] }

const doctor = async (t: Owner, args: readonly string[]) => {
  const { code, stdout, stderr } = await runToEnd(t, entry('worker'), ['doctor', ...args, '--output', 'json'])
  if (stdout === '') throw new Error(`ended with ${code ?? ''}: ${stderr}`)
  const told = JSON.parse(stdout) as Told
  const of = (check: Finding['check']) => told.findings.filter((finding) => finding.check === check)
  return { code, told, of }
}

void t.test('a device that has not joined is told how, and nothing is made by looking', async (t) => {
  const dataDir = join(temporaryDirectory(t), 'worker')
  const { code, told, of } = await doctor(t, ['--data-dir', dataDir])
  t.equal(code, 1)
  t.equal(told.ok, false)
  t.match(of('token'), [{ state: 'failure', fix: /--token/ }])
  t.match(of('network'), [{ state: 'failure', fix: /--join/ }])
  t.match(of('data_directory'), [{ state: 'ok', saw: /is made at the first start/ }])
  t.notOk(existsSync(dataDir))
  const words = await runToEnd(t, entry('worker'), ['doctor', '--data-dir', dataDir])
  t.match(words, { code: 1, stdout: /^failure +network .*\n[^]*\nWhat to do:\n1\. network: /m })
})

void t.test('a device that has joined is well, also while its worker runs', async (t) => {
  const cluster = await startCluster(t)
  const dataDir = join(cluster.nodeDirectory, '..', 'worker-1')
  const running = await doctor(t, ['--data-dir', dataDir])
  t.equal(running.code, 0)
  t.equal(running.told.ok, true)
  t.match(running.of('token'), [{ state: 'ok', saw: /has joined as worker-1/ }])
  t.match(running.of('network'), [{ state: 'ok', saw: /plain link/ }])
  t.match(running.of('clock'), [{ state: 'ok' }])
  t.match(running.of('stops'), [{ state: 'ok' }])
  t.match(
    running.of('data_directory').map(({ saw }) => saw),
    [/A worker runs here now/, /can be used/],
  )
  const before = readdirSync(dataDir)
  cluster.workers[0]?.process.kill('SIGKILL')
  if (cluster.workers[0] !== undefined) await ended(cluster.workers[0].process)
  await cluster.addWorker('worker-1')
  t.match((await doctor(t, ['--data-dir', dataDir])).of('stops'), [{ state: 'warning', saw: /was killed/ }])
  t.strictSame(new Set(readdirSync(dataDir)), new Set([...before, 'unclean-stops.json']))
})

void t.test('a data directory that cannot be used, or that others may look into, is told', async (t) => {
  const directory = temporaryDirectory(t)
  const file = join(directory, 'file')
  writeFileSync(file, '')
  t.match(await checkDataDirectory(thisMachine, file), [{ state: 'failure', saw: /is no directory/ }])
  const open = join(directory, 'open')
  mkdirSync(open)
  chmodSync(open, 0o755)
  t.match(await checkDataDirectory(thisMachine, open), [{ state: 'warning', fix: `chmod 700 ${open}` }])
  const crammed = (megabytes: number): Machine => ({
    ...thisMachine,
    statfs: async (path) => Object.assign(await thisMachine.statfs(path), { bsize: 1024, bavail: 1024 * megabytes }),
  })
  t.match(await checkDataDirectory(crammed(10), directory), [{ state: 'failure', saw: '0.01 GiB are free' }])
  t.match(await checkDataDirectory(crammed(500), directory), [{ state: 'warning', fix: /less than 1 GiB/ }])
})

void t.test('an identity that is broken, or open to others, is told', async (t) => {
  const dataDir = temporaryDirectory(t)
  const identity = join(dataDir, 'identity.json')
  writeFileSync(identity, '{')
  t.match(await checkMembership(thisMachine, dataDir, false), { state: 'failure', saw: /is not the identity/ })
  writeFileSync(identity, JSON.stringify({ device_id: 'tablet', credential: 'e'.repeat(43) }))
  chmodSync(identity, 0o644)
  t.match(await checkMembership(thisMachine, dataDir, false), { state: 'warning', fix: `chmod 600 ${identity}` })
  chmodSync(identity, 0o600)
  t.match(await checkMembership(thisMachine, dataDir, false), { state: 'ok', saw: 'The device has joined as tablet.' })
})

void t.test('the file of --tasks is read as a worker would, and what keeps it from that is told', async (t) => {
  const directory = temporaryDirectory(t)
  const file = join(directory, 'my-tasks.mjs')
  const look = async () => {
    const { code, of } = await doctor(t, ['--data-dir', join(directory, 'worker'), '--tasks', file])
    return { code, found: of('task_types') }
  }
  const unusable = (why: string) => [{ state: 'failure', saw: `The task types of ${file} cannot be used: ${why}.` }]
  t.match(await look(), { code: 1, found: unusable('there is no such file') })
  writeFileSync(file, 'export default { echo: { schema: {}, run: () => 1 } }')
  t.match((await look()).found, unusable('task type "echo": a type of this name is built in; choose another'))
  const type = "{ schema: { type: 'object' }, run: () => 1 }"
  writeFileSync(file, `console.log('not for the report'); export default { poster: ${type}, thumbnail: ${type} }`)
  t.match((await look()).found, [{ state: 'ok', saw: `${file} offers poster, thumbnail.` }])
  t.strictSame(readdirSync(directory), ['my-tasks.mjs'])
  t.strictSame((await doctor(t, ['--data-dir', join(directory, 'worker')])).of('task_types'), [])
})

void t.test('the first join prints the fixes of the device, numbered, and no later start does', async (t) => {
  const cluster = await startCluster(t, { workers: 0 })
  const dataDir = temporaryDirectory(t)
  chmodSync(dataDir, 0o755)
  const worker = start(t, entry('worker'), [
    '--join', `127.0.0.1:${cluster.clusterPort}`,
    '--token', JOIN_TOKEN,
    '--device-id', 'tablet',
    '--data-dir', dataDir,
  ]) // prettier-ignore
  let printed = ''
  await new Promise<void>((resolve) =>
    worker.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      if (printed.includes('chmod 700')) resolve()
    }),
  )
  t.match(
    printed,
    /^joined as tablet\nWhat to do on this device \(node \/.*worker\.(?:ts|mjs) doctor --data-dir .* says more\):\n1\. data_directory: chmod 700 /,
  )
  worker.kill('SIGTERM')
  await ended(worker)
  const again = start(t, entry('worker'), ['--data-dir', dataDir])
  let later = ''
  again.stdout?.on('data', (chunk: Buffer) => (later += chunk.toString()))
  await joinedLine(again)
  again.kill('SIGTERM')
  await closed(again)
  t.equal(later, 'joined as tablet\n')
})

void t.test('what cannot be allowed is a fault of the command line', async (t) => {
  t.match(await runToEnd(t, entry('worker'), ['doctor', '--allow', 'everything']), {
    code: 2,
    stderr: /--allow everything/,
  })
})

void t.test('fixes are numbered, failures first, each once; what a device says steers no terminal', (t) => {
  const findings: readonly Finding[] = [
    { check: 'battery', state: 'warning', saw: 'Low \u001b[2J.', fix: 'Plug it in.' },
    { check: 'network', state: 'failure', saw: 'Gone.', fix: 'Find it.' },
    { check: 'network', state: 'failure', saw: 'Gone too.', fix: 'Find it.' },
    { check: 'clock', state: 'ok', saw: 'Right.', fix: null },
  ]
  t.strictSame(fixesOf(findings), ['network: Find it.', 'battery: Plug it in.'])
  t.match(inWords(findings), /Low \\x1b\[2J\.\n[^]*What to do:\n1\. network: Find it\.\n2\. battery: Plug it in\.\n$/)
  t.match(inWords(findings.slice(3)), /All is well\.\n$/)
  t.end()
})
