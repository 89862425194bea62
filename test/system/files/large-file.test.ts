import { rmSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { SUBPROTOCOL } from '../../../schemas/link.ts'
import { JOIN_TOKEN, type Mode, type RunningCluster, startCluster } from '../../start-cluster.ts'
import { hello } from '../../link/link-world.ts'
import { BYTES, hashed, largeBody, uploadLarge, watchGrowth } from './large.ts'

const MIB = 2 ** 20
/** How much more a process may have in memory, MiB. */
const MOST_MORE_MIB = 64
const credential = 'l'.repeat(43)

/** A device by hand: it joins, takes one task with files, and never ends it. */
const joinByHand = async (t: Test, { clusterPort }: RunningCluster) => {
  const socket = new WebSocket(`ws://127.0.0.1:${clusterPort}/link`, [SUBPROTOCOL])
  t.teardown(() => socket.terminate())
  const said = (holds: (message: Record<string, unknown>) => boolean) =>
    new Promise<void>((resolve) => {
      socket.on('message', (frame: Buffer) => {
        if (holds(JSON.parse(frame.toString()) as Record<string, unknown>)) resolve()
      })
    })
  await new Promise((resolve) => socket.once('open', resolve))
  const welcomed = said(({ id }) => id === 1)
  const offer = { slots: 1, task_types: ['command'], allow: ['command'], custom_types: [], files: true }
  const params = hello({ device_id: 'by-hand', credential, join_token: JOIN_TOKEN, offer })
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'device.hello', params }))
  await welcomed
  return { assigned: said(({ method }) => method === 'task.run') }
}

/** A request of the device to the port of the node; `body`: what it sends. */
const askNode = (
  { clusterPort }: RunningCluster,
  method: string,
  path: string,
  { body, headers }: { readonly body?: Readable; readonly headers?: Record<string, string> } = {},
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const asked = request({
      ...{ host: '127.0.0.1', port: clusterPort, method, path, agent: false },
      headers: { authorization: `Bearer ${credential}`, ...headers },
    })
    asked.once('response', resolve).once('error', reject)
    if (body === undefined) asked.end()
    else pipeline(body, asked).catch(reject)
  })

const processesOf = (cluster: RunningCluster, mode: Mode) =>
  mode === 'embedded' ? { server: cluster.server.pid } : { api: cluster.server.pid, node: cluster.node?.pid }

for (const mode of ['embedded', 'remote'] as const) {
  void t.test(
    `a large file goes in by the API and out to a device, and back (${mode})`,
    { timeout: 280_000 },
    async (t) => {
      const cluster = await startCluster(t, { workers: 0, mode })
      const { sha256 } = await hashed(largeBody())
      const device = await joinByHand(t, cluster)
      const growths = Object.entries(processesOf(cluster, mode)).map(([name, pid]) => ({ name, ...watchGrowth(pid) }))
      t.teardown(() => growths.forEach(({ end }) => end()))

      t.equal(await uploadLarge(cluster), 201)
      const whole = await fetch(`${cluster.url}/api/v1/artifacts/${sha256}`)
      t.same(await hashed(whole.body as unknown as AsyncIterable<Buffer>), { sha256, bytes: BYTES })
      await cluster.submit({
        task_type: 'command',
        payload: { command: ['true'] },
        inputs: [{ name: 'in', sha256 }],
        outputs: ['out'],
      })
      await device.assigned
      const path = `/files/${sha256}`
      const rest = await askNode(cluster, 'GET', path, { headers: { range: `bytes=${MIB}-` } })
      t.equal(rest.statusCode, 206)
      t.equal((await hashed(rest)).bytes, BYTES - MIB)
      const fetched = await askNode(cluster, 'GET', path)
      t.same(await hashed(fetched), { sha256, bytes: BYTES })

      // The task holds it, so that only its bytes can be taken away; then the device brings them back.
      rmSync(join(cluster.nodeDirectory, 'files', sha256.slice(0, 2), sha256))
      const left = await askNode(cluster, 'PUT', path, { body: largeBody(), headers: { 'content-length': `${BYTES}` } })
      t.equal(left.statusCode, 204)
      t.equal((await askNode(cluster, 'HEAD', path)).headers['content-length'], `${BYTES}`)
      for (const { name, mostMib } of growths) {
        t.comment(`${name}: at most ${mostMib().toFixed(1)} MiB more`)
        t.ok(mostMib() < MOST_MORE_MIB, `${name}: ${mostMib().toFixed(1)} MiB more than before`)
      }
    },
  )
}
