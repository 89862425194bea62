/** A worker that knows several nodes, as real processes. The nodes are ways to one, each of which can be cut: what they share is not at stake. */
import type { ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ended, entry, logLine, start, temporaryDirectory } from '../../cli/programs.ts'
import { makeCertificate } from '../../link/certificates.ts'
import { fakeGate, startServer, welcome } from '../../link/link-world.ts'
import { type RunningCluster, startCluster, until } from '../../start-cluster.ts'
import { openProxy, type Proxy } from '../../faults/proxy.ts'

type Owner = Parameters<typeof temporaryDirectory>[0]

/** Opens so many ways to the node of a cluster. */
const waysTo = async (t: Owner, { clusterPort }: RunningCluster, count: number): Promise<Proxy[]> => {
  const ways = await Promise.all(Array.from({ length: count }, () => openProxy(clusterPort)))
  t.teardown(() => Promise.all(ways.map((way) => way.close())))
  return ways
}

const named = (ways: readonly { readonly port: number }[]) => ways.map(({ port }) => `127.0.0.1:${port}`).join()

const startWorker = (t: Owner, dataDir: string, ...args: readonly string[]): ChildProcess => {
  const worker = start(t, entry('worker'), ['--data-dir', dataDir, '--slots', '2', '--min-battery', 'none', ...args])
  worker.stdout?.resume()
  return worker
}

/** Resolves when a device remembers these lines of nodes, in whatever order the others stand behind the first. */
const remembers = (dataDir: string, first: string, ...others: readonly string[]): Promise<true> =>
  until('it remembers its nodes', () => {
    let lines: readonly string[] = []
    try {
      lines = readFileSync(join(dataDir, 'node-address'), 'utf8').trim().split('\n')
    } catch {
      // It has not been welcome yet.
    }
    const isSo = lines[0] === first && lines.slice(1).sort().join() === [...others].sort().join()
    return Promise.resolve(isSo || undefined)
  })

/** The next way on which a worker is connected. */
const connected = async (worker: ChildProcess, ways: readonly Proxy[]): Promise<Proxy> => {
  const { port } = await logLine(worker, ({ msg }) => msg === 'connected to the node')
  const way = ways.find((one) => one.port === port)
  if (way === undefined) throw new Error(`it is connected to ${String(port)}, which is none of the nodes`)
  return way
}

void t.test(
  'a worker whose node is gone goes to another at once, and what it runs goes on, and runs once',
  async (t) => {
    const cluster = await startCluster(t, { workers: 0 })
    const ways = await waysTo(t, cluster, 3)
    const directory = temporaryDirectory(t)
    const [runs, go] = [join(directory, 'runs'), join(directory, 'go')]
    const flags = ['--join', named(ways), '--token', cluster.joinToken, '--allow', 'command']
    const worker = startWorker(t, join(directory, 'phone'), ...flags)
    let at = await connected(worker, ways)
    const script = `const fs = require('node:fs')
    fs.appendFileSync(process.argv[1], 'run\\n')
    setInterval(() => fs.existsSync(process.argv[2]) && process.exit(0), 20)`
    const { task_id } = await cluster.submit({
      task_type: 'command',
      payload: { command: [process.execPath, '-e', script, runs, go] },
    })
    await until('it runs', async () => (await cluster.task(task_id)).status === 'running' || undefined)
    for (let cut = 1; cut <= 4; cut += 1) {
      const lost = logLine(worker, ({ msg }) => msg === 'no connection to the node; trying again')
      const moved = connected(worker, ways)
      at.cut()
      t.ok(Number((await lost).retry_in_ms) <= 1000, 'it waits no longer than it takes to spread')
      const now = await moved
      t.not(now.port, at.port, `cut ${cut}: it is elsewhere`)
      at.heal()
      at = now
    }
    writeFileSync(go, '')
    t.match(await cluster.task(task_id, 30), { status: 'completed', attempts: [{ attempt: 1, outcome: 'completed' }] })
    t.equal(readFileSync(runs, 'utf8'), 'run\n')
  },
)

void t.test('a worker that starts anew while its node is gone finds another, which it was told of', async (t) => {
  const cluster = await startCluster(t, { workers: 0 })
  const ways = await waysTo(t, cluster, 2)
  const dataDir = join(temporaryDirectory(t), 'phone')
  const worker = startWorker(t, dataDir, '--join', named(ways), '--token', cluster.joinToken)
  const at = await connected(worker, ways)
  const [other] = ways.filter((way) => way !== at)
  await remembers(dataDir, `127.0.0.1:${at.port}`, `127.0.0.1:${other?.port ?? 0} plain`)
  worker.kill('SIGKILL')
  await ended(worker)
  at.cut()
  t.equal(await connected(startWorker(t, dataDir), ways), other)
})

void t.test('a node that does not show the key that was named gets nothing, and the right one is joined', async (t) => {
  const cluster = await startCluster(t, { workers: 0, pinned: true })
  const ways = await waysTo(t, cluster, 1)
  const gate = fakeGate()
  const { certificate, fingerprint } = await makeCertificate(t)
  const impostors = [await startServer(t, { gate, certificate }), await startServer(t, { gate, certificate })]
  const worker = startWorker(
    t, temporaryDirectory(t), '--join', named([...impostors, ...ways]), '--token', cluster.joinToken,
  ) // prettier-ignore
  t.equal((await connected(worker, ways)).port, ways[0]?.port)
  t.strictSame(gate.visits, [])
  t.not(cluster.joinToken.split('.')[1], fingerprint)
})

void t.test('what a node tells of others is on the disk of the device, and the next start goes there', async (t) => {
  const directory = temporaryDirectory(t)
  const dataDir = join(directory, 'phone')
  const [one, two, three] = [await makeCertificate(t), await makeCertificate(t), await makeCertificate(t)]
  const [second, third] = [
    await startServer(t, { gate: fakeGate(), certificate: two.certificate }),
    await startServer(t, { gate: fakeGate(), certificate: three.certificate }),
  ]
  const listed = ({ port, fingerprint = null }: { port: number; fingerprint?: string | null | undefined }) => ({
    host: '127.0.0.1',
    port,
    fingerprint,
  })
  const gate = fakeGate({ hello: () => Promise.resolve({ ...welcome, nodes: [listed(second)] }) })
  const first = await startServer(t, { gate, certificate: one.certificate })
  const line = (server: typeof first) => `127.0.0.1:${server.port} ${server.fingerprint ?? ''}`
  const token = `T.${first.fingerprint ?? ''}`
  const worker = startWorker(t, dataDir, '--join', named([first]), '--token', token)
  await logLine(worker, ({ msg }) => msg === 'connected to the node')
  await remembers(dataDir, line(first), line(second))
  gate.visits[0]?.link.notify('nodes.changed', { nodes: [listed(first), listed(third)] })
  await remembers(dataDir, line(first), line(second), line(third))
  worker.kill('SIGKILL')
  await ended(worker)
  await Promise.all([first.close(), second.close()])
  const again = await logLine(startWorker(t, dataDir), ({ msg }) => msg === 'connected to the node')
  t.equal(again.port, third.port)
})
