import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { ended, logLine } from '../../cli/programs.ts'
import { type RunningCluster, startCluster } from '../../start-cluster.ts'
import { traceSyncs } from './strace.ts'

const ONE_BY_ONE = 40
const AT_ONCE = 100
/** SHA-256 of `hello`. */
const HELLO = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'

const pidOf = ({ server }: { server: { pid?: number | undefined } }): number => {
  if (server.pid === undefined) throw new Error('the server does not run')
  return server.pid
}

/** Submits tasks at one moment: each on a connection of its own, on which the server waits for nothing but the body (RFC 9110 §10.1.1). */
const submitAtOnce = async ({ url, server }: RunningCluster, count: number): Promise<void> => {
  const { hostname, port } = new URL(url)
  const body = JSON.stringify({ task_type: 'echo', payload: { message: 'hi' } })
  const head = [
    'POST /api/v1/tasks HTTP/1.1',
    `Host: ${hostname}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Expect: 100-continue',
  ].join('\r\n')
  const sockets = Array.from({ length: count }, () => connect(Number(port), hostname))
  const next = (start: string) =>
    sockets.map(async (socket) => {
      const [answer] = (await once(socket, 'data')) as [Buffer]
      if (!answer.toString().startsWith(start)) throw new Error(`no ${start}: ${answer.toString()}`)
    })
  for (const socket of sockets) socket.write(`${head}\r\n\r\n`)
  await Promise.all(next('HTTP/1.1 100'))
  const taken = next('HTTP/1.1 201')
  // To the server it is one moment, though this process be held up between two of them.
  server.kill('SIGSTOP')
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.write(body, resolve))))
  server.kill('SIGCONT')
  await Promise.all(taken)
  for (const socket of sockets) socket.destroy()
}

void t.test('every acknowledged submission waits for the disk; those of one moment wait together', async (t) => {
  const cluster = await startCluster(t, { workers: 0, args: ['--no-rate-limit'] })
  const submit = () => cluster.submit({ task_type: 'echo', payload: { message: 'hi' } })
  await submit()
  const trace = await traceSyncs(t, pidOf(cluster))
  for (let number = 0; number < ONE_BY_ONE; number += 1) await submit()
  const alone = trace.count()
  t.ok(alone >= ONE_BY_ONE, `${alone} calls for ${ONE_BY_ONE} submissions one after another`)
  await submitAtOnce(cluster, AT_ONCE)
  const together = trace.count() - alone
  t.ok(together >= 1 && together <= AT_ONCE / 4, `${together} calls for ${AT_ONCE} submissions at once`)
  t.comment(`${alone} for ${ONE_BY_ONE} one by one, ${together} for ${AT_ONCE} at once`)
})

void t.test('a file is on disk before it has its name, and its name is before it is acknowledged', async (t) => {
  const cluster = await startCluster(t, { workers: 0 })
  const trace = await traceSyncs(t, pidOf(cluster))
  const response = await fetch(`${cluster.url}/api/v1/artifacts`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: 'hello',
  })
  const steps = trace.steps()
  t.equal(response.status, 201)
  const named = steps.indexOf('rename')
  const wasSynced = (path: string, among: readonly string[]) =>
    t.ok(
      among.some((step) => step.startsWith(`sync ${join(cluster.nodeDirectory, 'files', path)}`)),
      `${path}: ${steps.join(', ')}`,
    )
  wasSynced('new/', steps.slice(0, named))
  wasSynced(HELLO.slice(0, 2), steps.slice(named))
})

void t.test('a disk that fails ends the node at once: nothing is acknowledged that may be lost', async (t) => {
  const cluster = await startCluster(t, { workers: 0, args: ['--no-rate-limit'] })
  const submission = { task_type: 'echo', payload: { message: 'hi' } }
  const kept = await cluster.submit(submission)
  const trace = await traceSyncs(t, pidOf(cluster), 'EIO')
  const fatal = logLine(cluster.server, ({ msg }) => msg === 'the store cannot be trusted any more; ending at once')
  await t.rejects(cluster.submit(submission), 'it is not acknowledged')
  t.match(await fatal, { level: 'error' })
  t.equal(await ended(cluster.server), 1)
  t.ok(trace.count() >= 1)
  await cluster.killServer()
  t.match(await cluster.task(kept.task_id), { status: 'pending' }, 'what was acknowledged is there')
  const { task_id } = await cluster.submit(submission)
  t.match(await cluster.task(task_id), { status: 'pending' }, 'and the node goes on from there')
})
