/** Several nodes on one database: whichever is asked, the answer is the same. */
import t from 'tap'
import type { ClusterStatus, PingResults, TaskSubmitted } from '../../../schemas/index.ts'
import { until } from '../../start-cluster.ts'
import { startNodes } from './nodes.ts'
import { startPostgres } from './server.ts'

// What is on a disk after a crash is asked by the faults.
const server = await startPostgres(t, { fsync: 'off', full_page_writes: 'off' })
const nodes = await startNodes(t, await server.database('several'))
const [a, b, c] = [nodes.at(0), nodes.at(1), nodes.at(2)]
await nodes.addWorker(c, 'worker-at-c', ['--allow', 'command'])

void t.test('one of them schedules, and all say which', async (t) => {
  t.equal(await nodes.scheduling(), a, 'the first one')
  for (const node of nodes.all) {
    // Each looks at the others once a second.
    const { cluster } = await until(`${node.name} has seen all`, async () => {
      const health = await node.health()
      return health.cluster.members?.length === nodes.all.length ? health : undefined
    })
    t.match(cluster, { reachable: true, mode: node === a ? 'embedded' : 'remote' })
    t.strictSame(
      cluster.members?.map(({ port, schedules }) => ({ port, schedules })).sort((one, other) => one.port - other.port),
      nodes.all
        .map(({ clusterPort }) => ({ port: clusterPort, schedules: clusterPort === a.clusterPort }))
        .sort((one, other) => one.port - other.port),
      node.name,
    )
    const { data } = await node.call<ClusterStatus>('GET', '/api/v1/cluster/status')
    t.equal(data.members?.length, 3)
  }
})

void t.test('a task that is submitted at one is read at another, and replayed at the third', async (t) => {
  const submission = { task_type: 'echo', payload: { message: 'at a' } }
  const headers = { 'idempotency-key': 'the-same' }
  const first = await b.call<TaskSubmitted>('POST', '/api/v1/tasks', submission, headers)
  t.equal(first.status, 201)
  const again = await c.call<TaskSubmitted>('POST', '/api/v1/tasks', submission, headers)
  t.equal(again.data.task_id, first.data.task_id)
  t.match(await nodes.task(a, first.data.task_id, 20), { status: 'completed', result: { output: 'at a' } })
  t.match(await nodes.task(b, first.data.task_id), { status: 'completed', device_id: 'worker-at-c' })
})

void t.test('wait at one for a task that is run by a device of another', async (t) => {
  const { task_id } = await nodes.submit(a, { task_type: 'sleep', payload: { duration: 1 } })
  t.match(await nodes.task(b, task_id, 20), { status: 'completed', device_id: 'worker-at-c' })
})

void t.test('a budget holds over all nodes', async (t) => {
  const limited = await startNodes(t, await server.database('limited'), {
    count: 2,
    limited: true,
    args: ['--rate-limit-write', '4'],
  })
  const answers: number[] = []
  for (let number = 0; number < 6; number += 1) {
    const at = limited.at(number)
    const body = { task_type: 'echo', payload: { message: `${number}` }, queue_if_unavailable: true }
    answers.push((await at.call('POST', '/api/v1/tasks', body)).status)
  }
  t.strictSame(answers, [201, 201, 201, 201, 429, 429])
})

void t.test('so does that of the bytes of files', async (t) => {
  const limited = await startNodes(t, await server.database('limited_bytes'), {
    count: 2,
    limited: true,
    args: ['--rate-limit-bytes', '1MB'],
  })
  const send = async (number: number) => {
    const url = `http://127.0.0.1:${limited.at(number).port}/api/v1/artifacts`
    const headers = { 'content-type': 'application/octet-stream' }
    const { status } = await fetch(url, { method: 'POST', headers, body: Buffer.alloc(600_000, number) })
    return status
  }
  await until('it is used up at one', async () => ((await send(1)) === 429 ? true : undefined))
  t.equal(await send(0), 429, 'and with it at the other, where nothing was sent')
})

void t.test('a file that is stored at one is fetched at another, by devices too', async (t) => {
  const bytes = Buffer.alloc(700_000, 'what a task takes')
  const stored = await fetch(`http://127.0.0.1:${b.port}/api/v1/artifacts`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: bytes,
  })
  t.equal(stored.status, 201)
  const { data } = (await stored.json()) as { data: { sha256: string } }
  const { sha256 } = data
  const fetched = await fetch(`http://127.0.0.1:${c.port}/api/v1/artifacts/${sha256}`)
  t.same(Buffer.from(await fetched.arrayBuffer()), bytes)
  const { task_id } = await nodes.submit(a, {
    task_type: 'command',
    payload: { command: ['cp', 'in', 'out'] },
    inputs: [{ name: 'in', sha256 }],
    outputs: ['out'],
  })
  t.match(await nodes.task(b, task_id, 20), {
    status: 'completed',
    device_id: 'worker-at-c',
    result: { artifacts: [{ name: 'out', sha256, bytes: bytes.length }] },
  })
})

void t.test('a device is pinged, and its task cancelled, from wherever', async (t) => {
  const { data } = await b.call<PingResults>('POST', '/api/v1/devices/worker-at-c/ping', { count: 2, timeout: 10 })
  t.match(data, { ping_results: { reachable: true, packet_loss: 0 } })
  const { task_id } = await nodes.submit(b, { task_type: 'sleep', payload: { duration: 600 } })
  t.match(await nodes.task(a, task_id), { device_id: 'worker-at-c' })
  t.equal((await b.call('DELETE', `/api/v1/tasks/${task_id}`)).status, 200)
  // The slot is free again once the worker has said so: the next one runs.
  const next = await nodes.submit(a, { task_type: 'echo', payload: { message: 'after' } })
  t.match(await nodes.task(b, next.task_id, 20), { status: 'completed' })
})
