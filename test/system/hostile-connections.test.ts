import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { startCluster } from '../start-cluster.ts'

const MiB = 1024 * 1024

/** Resident memory of a process, in MiB. */
const residentMiB = (pid = 0): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

/** So many connections, each of which has sent these bytes; a few hundred are opened at a time. */
const openMany = async (t: Test, port: number, count: number, bytes: string): Promise<Socket[]> => {
  const sockets: Socket[] = []
  t.teardown(() => sockets.forEach((socket) => socket.destroy()))
  const open = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        if (bytes !== '') socket.write(bytes)
        resolve()
      })
      socket.once('error', reject)
      socket.on('error', () => socket.destroy())
      sockets.push(socket)
    })
  for (let opened = 0; opened < count; opened += 250)
    await Promise.all(Array.from({ length: Math.min(250, count - opened) }, open))
  return sockets
}

void t.test(
  'slow, idle and endless clients cost others nothing, and little memory',
  { timeout: 240_000 },
  async (t) => {
    const cluster = await startCluster(t, { workers: 0, args: ['--no-rate-limit'] })
    const port = Number(new URL(cluster.url).port)
    const othersGoOn = async (beside: string) => {
      const { status } = await cluster.call('GET', '/api/v1/devices')
      t.equal(status, 200, `others are answered beside ${beside}`)
      const { task_id } = await cluster.submit({ task_type: 'echo', payload: {} })
      t.ok(task_id, `and served beside ${beside}`)
    }
    for (let warm = 0; warm < 50; warm += 1) await othersGoOn('nobody')
    const before = residentMiB(cluster.server.pid)

    await openMany(t, port, 1000, 'GET /api/v1/devices HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
    await othersGoOn('1,000 that never finish their headers')
    await openMany(t, port, 10_000, '')
    await othersGoOn('10,000 that say nothing')

    const [endless] = await openMany(t, port, 1, '')
    if (endless === undefined) throw new Error('no connection')
    endless.write('POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\n')
    endless.write('Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n')
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(MiB, 'a'), Buffer.from('\r\n')])
    const closed = new Promise<void>((resolve) => endless.once('close', () => resolve()))
    let heard = ''
    endless.on('data', (bytes: Buffer) => (heard += bytes.toString()))
    for (let sent = 0; sent < 1024 && !endless.destroyed; sent += 1)
      await Promise.race([closed, new Promise<void>((resolve) => endless.write(chunk, () => resolve()))])
    await othersGoOn('a body of 1 GiB')
    t.match(heard, /^HTTP\/1\.1 413 /, 'which was told that it is too large')

    const deep = '['.repeat(200_000) + ']'.repeat(200_000)
    const body = `{"task_type":"mine","payload":{"a":${deep}}}`
    const headers = { 'content-type': 'application/json' }
    const refused = await fetch(`${cluster.url}/api/v1/tasks`, { method: 'POST', headers, body })
    t.equal(refused.status, 400)
    await othersGoOn('JSON that is nested 200,000 deep')

    const grown = residentMiB(cluster.server.pid) - before
    t.comment(`resident memory grew by ${grown.toFixed(0)} MiB`)
    t.ok(grown < 150, `memory grew by ${grown.toFixed(0)} MiB`)
    t.equal(cluster.server.exitCode, null, 'the server runs')
  },
)

void t.test(
  'as many at the door of the devices keep no device out, and cost little memory',
  { timeout: 240_000 },
  async (t) => {
    const cluster = await startCluster(t, { workers: 0, args: ['--no-rate-limit'] })
    const { clusterPort } = cluster
    await cluster.addWorker('first')
    const before = residentMiB(cluster.server.pid)
    await openMany(t, clusterPort, 1000, 'GET /join HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
    await openMany(t, clusterPort, 10_000, '')
    await cluster.addWorker('second')
    const { task_id } = await cluster.submit({ task_type: 'echo', payload: {}, device_id: 'first' })
    t.match(await cluster.task(task_id, 30), { status: 'completed' }, 'the link of the first has lived on')
    const grown = residentMiB(cluster.server.pid) - before
    t.comment(`resident memory grew by ${grown.toFixed(0)} MiB`)
    t.ok(grown < 150, `memory grew by ${grown.toFixed(0)} MiB`)
  },
)
