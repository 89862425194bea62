import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { ClusterConfig } from '../../../schemas/index.ts'
import { temporaryDirectory } from '../../cli/programs.ts'
import { startCluster, until } from '../../start-cluster.ts'
import { codeIn, commandLinesOf, sectionsOf } from './page.ts'
import { makeShell } from './shell.ts'

const PAGE = 'docs/running.md'
const KEY = 'key-of-the-page'

const lines = commandLinesOf(PAGE)
const taken = new Set<string>()

/** The line of the page that is so, or begins so. What only its reader can know is put in. */
const line = (beginning: string, put: Readonly<Record<string, string>> = {}): string => {
  const found = lines.includes(beginning) ? [beginning] : lines.filter((one) => one.startsWith(beginning))
  const [written] = found
  if (written === undefined || found.length > 1)
    throw new Error(`${PAGE} has ${found.length} lines that begin with ${beginning}`)
  taken.add(written)
  let known = written
  for (const [name, value] of Object.entries(put)) {
    if (!known.includes(name)) throw new Error(`${written} has no ${name}`)
    known = known.replace(name, value)
  }
  return known
}

const captured = (text: string, pattern: RegExp): string => {
  const [, group] = pattern.exec(text) ?? []
  if (group === undefined) throw new Error(`nothing of ${String(pattern)} in: ${text}`)
  return group
}

void t.test('the file of the page is read by --config', async (t) => {
  const [head] = sectionsOf(PAGE)
  const file = join(temporaryDirectory(t), 'config.json')
  writeFileSync(file, head === undefined ? '' : codeIn(head, 'json'))
  const { serve } = makeShell(t)
  const { port, stop } = await serve(`retire-cluster-api --config ${file}`)
  const response = await fetch(`http://localhost:${port}/api/v1/config`)
  const { data } = (await response.json()) as { data: { config: ClusterConfig } }
  t.match(data.config, { cluster: { heartbeat_interval: 30 }, retention: { task_days: 7 } })
  t.equal(await stop(), 0)
})

void t.test('the API serves apart from its node, by the line that the node prints', async (t) => {
  const { serve } = makeShell(t)
  const node = await serve(line('retire-cluster-main'))
  const token = captured(node.said(), /--cluster-token (\S+)/)
  const put = { '192.168.1.100': '127.0.0.1', '8080': String(node.port), 'TOKEN.FINGERPRINT': token }
  const api = await serve(line('retire-cluster-api --cluster-host', put))
  await until('the node is reached', async () => {
    const response = await fetch(`http://localhost:${api.port}/health`)
    return (
      ((await response.json()) as { data: { cluster: { reachable: boolean } } }).data.cluster.reachable || undefined
    )
  })
  t.equal(await api.stop(), 0)
  t.equal(await node.stop(), 0)
})

void t.test('keys, the audit log and backups, by the lines of the page', async (t) => {
  const cluster = await startCluster(t, { workers: 1, key: KEY })
  const { run, home } = makeShell(t, {
    RETIRE_CLUSTER_API_URL: cluster.url,
    RETIRE_CLUSTER_API_KEY: KEY,
    RETIRE_CLUSTER_DATA_DIR: cluster.nodeDirectory,
  })

  t.match(await run(line('retire-cluster keys create')), /^secret +\S{20,}$/m)
  const listed = await run(line('retire-cluster keys list'))
  const id = captured(listed, /^(key-\S+) +laptop/m)
  t.match(await run(line('retire-cluster keys revoke', { 'key-4t0z9q2m1x': id })), id)

  await cluster.call('DELETE', '/api/v1/devices/worker-1')
  t.match(await run(line('retire-cluster audit list')), /removeDevice +worker-1/)
  const anchor = captured(await run(line('retire-cluster audit verify')), /^last +(\d+:[0-9a-f]{64})$/m)
  await run(line('retire-cluster audit verify --known', { 'SEQUENCE:HASH': anchor }))

  const put = { '/media/usb': home }
  t.match(await run(line('retire-cluster backup', put)), join(home, 'cluster.backup'))
  const { serve } = makeShell(t)
  const restored = await serve(line('retire-cluster-main --restore', put))
  t.equal(await restored.stop(), 0)
})

void t.test('whoever lost the last key of the scope admin makes another, and serves https with it', async (t) => {
  const { run, serve, home } = makeShell(t)
  const first = await serve('retire-cluster-api --auth')
  t.equal(await first.stop(), 0)
  const directory = join(home, '.local/share/retire-cluster')
  const key = captured(await run(line('retire-cluster-api --new-admin-key', { DIR: directory })), /(rck_\S+)/)
  const api = await serve(line('retire-cluster-api --auth', { '0.0.0.0': '127.0.0.1' }))
  const pin = captured(api.said(), /API pin +(\S+)/)
  const put = { '192.168.1.100:8081': `127.0.0.1:${api.port}`, FINGERPRINT: pin }
  await run(`RETIRE_CLUSTER_API_KEY=${key} ${line('retire-cluster --api-url', put)}`)
  t.match(await run(line('curl --cacert', { '8081': String(api.port) })), '"healthy"')
  t.equal(await api.stop(), 0)
})

void t.test('no line of the page is left out', (t) => {
  t.strictSame(
    lines.filter((one) => !taken.has(one)),
    [],
  )
  t.end()
})
