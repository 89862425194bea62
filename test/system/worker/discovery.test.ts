import type { ChildProcess } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { entry, logLine, temporaryDirectory } from '../../cli/programs.ts'
import { killFound, processesOf } from '../../faults/processes.ts'
import { until } from '../../start-cluster.ts'
import { type LanHost, ownLan } from '../own-lan.ts'

/** All that a program has printed. */
const printed = (child: ChildProcess): (() => string) => {
  let text = ''
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return () => text
}

const matched = (what: string, text: () => string, pattern: RegExp): Promise<string> =>
  until(what, () => Promise.resolve(pattern.exec(text())?.[1]))

/** The programs of a test, each with a directory of its own, by which its process is found and killed with -9. */
const household = (t: Test) => {
  const home = temporaryDirectory(t)
  const directoryOf = (name: string) => join(home, name)
  /** Resolves when it is gone, and with it its port and its hold of the directory. */
  const kill = (name: string) =>
    until(`${name} is gone`, () => {
      const left = processesOf(directoryOf(name))
      for (const found of left) killFound(found)
      return Promise.resolve(left.length === 0 || undefined)
    })
  t.teardown(() => kill(''))
  return {
    directoryOf,
    kill,
    startNode: async (host: LanHost) => {
      const child = host.start(entry('main'), ['--data-dir', directoryOf('node'), '--cluster-bind', '0.0.0.0'])
      const out = printed(child)
      await logLine(child, ({ msg }) => msg === 'listening')
      return matched('the printed token', out, / --token (\S+\.\S+)/)
    },
    startWorker: (host: LanHost, ...args: readonly string[]) =>
      host.start(entry('worker'), ['--data-dir', directoryOf('phone'), ...args]),
    startStranger: async (host: LanHost, fingerprint: string) => {
      const child = host.start(join(import.meta.dirname, 'stranger.ts'), [directoryOf('stranger'), fingerprint])
      const out = printed(child)
      await matched('the stranger', out, /^(ready)$/m)
      return out
    },
  }
}

const connectedAt = (worker: ChildProcess, host: string) =>
  logLine(worker, (line) => line.msg === 'connected to the node' && line.host === host)

void t.test(
  'a worker finds its node in the network, and again where it has gone, and tells a stranger nothing',
  async (t) => {
    const lan = ownLan(t)
    const { directoryOf, kill, startNode, startWorker, startStranger } = household(t)
    const [nodeHost, phone, strangerHost] = [lan.host('node', 2), lan.host('phone', 3), lan.host('stranger', 4)]
    const remembered = () => readFileSync(join(directoryOf('phone'), 'node-address'), 'utf8')

    const token = await startNode(nodeHost)
    const fingerprint = token.split('.')[1] ?? ''
    const stranger = await startStranger(strangerHost, fingerprint)
    const worker = startWorker(phone, '--join', 'auto', '--token', token)
    const out = printed(worker)
    await connectedAt(worker, '10.77.0.2')
    await matched('it has joined', out, /^joined as (\S+)$/m)
    t.equal(remembered(), `10.77.0.2:8080 ${fingerprint}\n`)

    // The router gives the address of the node to somebody else, and passes no multicast on any more.
    lan.stopMulticast()
    const lost = logLine(worker, ({ msg }) => msg === 'no connection to the node; trying again')
    const gone = kill('node')
    // Moved at once, the end of the connection would be lost on the way, and noticed after a minute of silence.
    await Promise.all([lost, gone])
    nodeHost.moveTo(9)
    strangerHost.moveTo(2)
    rmSync(join(directoryOf('node'), 'tls-certificate.pem'))
    const found = connectedAt(worker, '10.77.0.9')
    t.equal(await startNode(nodeHost), token, 'a new certificate of the same key')
    await found
    await until('it remembers both places', () =>
      Promise.resolve(remembered() === `10.77.0.9:8080 ${fingerprint}\n10.77.0.2:8080\n` ? true : undefined),
    )

    // Both start anew, and the node is where it was at first: still nobody tells the worker so, and it remembers.
    await kill('phone')
    await kill('node')
    strangerHost.moveTo(4)
    nodeHost.moveTo(2)
    await startNode(nodeHost)
    await connectedAt(startWorker(phone, '--join', 'auto'), '10.77.0.2')

    t.match(stranger(), /^asked$/m, 'the stranger was where the node had been')
    t.notMatch(stranger(), /heard/, 'and was told nothing')
  },
)

void t.test('a worker that finds no node says what to do', async (t) => {
  const lan = ownLan(t)
  const { startWorker } = household(t)
  const worker = startWorker(lan.host('phone', 3), '--join', 'auto', '--token', `T.${'F'.repeat(43)}`)
  let errors = ''
  worker.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  t.equal(await new Promise((resolve) => worker.once('close', resolve)), 1)
  t.match(errors, /^retire-cluster-worker: No node with the key of the token .* name the node by --join HOST/m)
})
