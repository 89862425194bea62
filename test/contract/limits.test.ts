import t from 'tap'
import type { ServerHealth } from '../../schemas/index.ts'
import { entry, logLine, start } from '../cli/programs.ts'
import { startWalk } from './walk.ts'

const KEY = 'your-secret-key'

void t.test('every operation but /health is refused when its budget is used up, as the document says', async (t) => {
  // What is counted is counted before the cluster is asked: no node is needed.
  const api = start(t, entry('api'), [
    ...['--port', '0', '--auth', '--api-key', KEY],
    ...['--cluster-host', '127.0.0.1', '--cluster-port', '1'],
    ...['--rate-limit-read', '1', '--rate-limit-write', '1', '--rate-limit-bytes', '1KB'],
  ])
  api.stdout?.resume()
  const { port } = await logLine(api, ({ msg }) => msg === 'listening')
  const walk = await startWalk(t, `http://127.0.0.1:${Number(port)}`, KEY)
  const params = {
    device_id: 'android-001',
    task_id: 'task-abc123',
    batch_id: 'batch-abc123',
    key_id: 'key-abc123',
    join_id: 'join-abc123',
    sha256: 'f'.repeat(64),
  }

  const unreached = await walk.refuse('listDevices', 'CLUSTER_UNAVAILABLE')
  t.match(unreached.details.reason, /--cluster-token/, 'it says what is missing')
  await walk.refuse('submitTask', 'CLUSTER_UNAVAILABLE', { body: { task_type: 'echo', payload: {} } })
  await walk.refuse('getArtifact', 'CLUSTER_UNAVAILABLE', { params })
  const transfers = ['storeArtifact', 'getArtifact', 'getBatchArtifacts']
  for (const { id, isOpen, method } of walk.law.operations) {
    if (isOpen) continue
    const isTransfer = transfers.includes(id)
    const before = Math.floor(Date.now() / 1000)
    const { headers, text } = await walk.send(id, 'RATE_LIMIT_EXCEEDED', { params })
    t.match(headers, { 'x-ratelimit-limit': isTransfer ? '1024' : '1', 'x-ratelimit-remaining': '0' }, id)
    const reset = Number(headers['x-ratelimit-reset'])
    t.ok(reset >= before && reset <= Date.now() / 1000 + 15 * 60 + 1, `${id}: the reset is an instant, ${reset}`)
    t.ok(Number(headers['retry-after']) >= 1, id)
    const isRead = method === 'GET' || id === 'findMissingArtifacts'
    const helps = isRead ? /--rate-limit-read/ : /tasks\/batch .*--rate-limit-write/
    t.match(text, isTransfer ? /--rate-limit-bytes/ : helps, `${id} says what helps`)
  }
  const health = await walk.succeed<ServerHealth>('getHealth', 200)
  t.match(health, { status: 'degraded', cluster: { reachable: false, mode: 'remote' } })
})
