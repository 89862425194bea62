import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import t from 'tap'
import type { ApiKeyCreated, ArtifactsMissing, BatchSubmitted } from '../../schemas/index.ts'
import { filesOf } from '../archive/untar.ts'
import { type RunningCluster, startCluster, until } from '../start-cluster.ts'
import { ask, type ReceivedBytes } from './ask.ts'

const KEY = 'your-secret-key'
const MIB = 2 ** 20
const ARTIFACTS = '/api/v1/artifacts'

const sha256Of = (content: Buffer) => createHash('sha256').update(content).digest('hex')
const errorOf = ({ text }: ReceivedBytes): unknown => (JSON.parse(text) as { error: unknown }).error

/** The names of all that lies among the files of the node. */
const namesIn = ({ nodeDirectory }: RunningCluster): string[] =>
  readdirSync(join(nodeDirectory, 'files'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)

/** Whether the node has written something of a file whose rest is to come. */
const hasBegun = ({ nodeDirectory }: RunningCluster, sha256: string): boolean => {
  const beginning = join(nodeDirectory, 'files', sha256.slice(0, 2), `${sha256}.part`)
  return (statSync(beginning, { throwIfNoEntry: false })?.size ?? 0) > 0
}

const clientOf = (cluster: RunningCluster) => {
  const { url, call } = cluster
  const store = (body: Buffer, query: Record<string, string> = {}) => {
    const path = `${ARTIFACTS}?${new URLSearchParams(query).toString()}`
    return ask(url, { method: 'POST', path, headers: { 'X-API-Key': KEY }, body })
  }
  const read = (path: string, headers: Record<string, string> = {}) =>
    ask(url, { method: 'GET', path, headers: { 'X-API-Key': KEY, ...headers } })

  /** Sends the first half of a file under a key, and does `cut` when the node has begun to write. Tells how much it keeps. */
  const sendHalf = async (content: Buffer, key: string, cut: (end: () => void) => unknown): Promise<number> => {
    const sha256 = sha256Of(content)
    const path = `${ARTIFACTS}?sha256=${sha256}`
    const headers = { 'X-API-Key': key, 'content-length': content.length }
    const sent = request(new URL(path, url), { method: 'POST', headers, agent: false })
    const ended = new Promise((resolve) => sent.on('error', () => undefined).once('close', resolve))
    sent.write(content.subarray(0, content.length / 2))
    await until('the node writes', () => Promise.resolve(hasBegun(cluster, sha256) || undefined))
    await cut(() => sent.destroy())
    await ended
    return until('the beginning is kept', async () => {
      const { data } = await call<ArtifactsMissing>('POST', `${ARTIFACTS}/missing`, { sha256: [sha256] })
      return data.partial[0]?.bytes
    })
  }
  return { store, read, sendHalf }
}

for (const mode of ['embedded', 'remote'] as const) {
  void t.test(`files go in and out, node ${mode}`, async (t) => {
    const cluster = await startCluster(t, { mode, key: KEY, workers: 1, workerArgs: ['--allow', 'command'] })
    const { store, read, sendHalf } = clientOf(cluster)
    const content = randomBytes(4 * MIB)
    const sha256 = sha256Of(content)
    const goOn = (offset: number) => store(content.subarray(offset), { sha256, offset: String(offset) })

    await t.test('an upload goes on where it broke off', async (t) => {
      const kept = await sendHalf(content, KEY, (end) => end())
      t.ok(kept > 0 && kept <= content.length / 2, `${kept} bytes are kept`)
      const elsewhere = await goOn(kept + 1)
      t.match(errorOf(elsewhere), {
        code: 'VALIDATION_ERROR',
        details: { issues: [{ path: '/offset', allowed: [kept] }] },
      })
      t.equal((await goOn(kept)).status, 201)
      t.ok((await read(`${ARTIFACTS}/${sha256}`)).bytes.equals(content))
    })

    await t.test('of what is here already the bytes are not wanted, and do not stand in the way', async (t) => {
      t.equal((await goOn(0)).status, 201)
      t.equal((await goOn(1)).status, 201)
    })

    await t.test('so does a download', async (t) => {
      const rest = await read(`${ARTIFACTS}/${sha256}`, { Range: `bytes=${MIB}-` })
      t.equal(rest.status, 206)
      t.equal(rest.headers['content-range'], `bytes ${MIB}-${content.length - 1}/${content.length}`)
      t.ok(rest.bytes.equals(content.subarray(MIB)))
    })

    await t.test('a key that is removed breaks its upload off, and another one goes on', async (t) => {
      const body = { name: 'guest', scopes: ['write'] }
      const { key, secret } = (await cluster.call<ApiKeyCreated>('POST', '/api/v1/keys', body)).data
      const other = randomBytes(4 * MIB)
      const kept = await sendHalf(other, secret, () => cluster.call('DELETE', `/api/v1/keys/${key.id}`))
      const query = { sha256: sha256Of(other), offset: String(kept) }
      t.equal((await store(other.subarray(kept), query)).status, 201)
    })

    await t.test('what a batch left comes as one archive', async (t) => {
      const task = (text: string) => ({
        task_type: 'command',
        payload: { command: [process.execPath, '-e', `require('fs').writeFileSync('out/${text}.txt', '${text}')`] },
        inputs: [{ name: 'out/in', sha256 }],
        outputs: [`out/${text}.txt`],
      })
      const tasks = ['one', 'two'].map(task)
      const { batch_id, task_ids } = (await cluster.call<BatchSubmitted>('POST', '/api/v1/tasks/batch', { tasks })).data
      await cluster.call('GET', `/api/v1/tasks/batch/${batch_id}?wait=60`)
      const archive = await read(`/api/v1/tasks/batch/${batch_id}/artifacts`)
      t.same(
        filesOf(archive.bytes).map(({ path, content }) => [path, content.toString()]),
        task_ids.map((task_id, index) => [`${task_id}/out/${['one', 'two'][index]}.txt`, ['one', 'two'][index]]),
      )
    })

    await t.test('of what is refused nothing is left behind', async (t) => {
      const before = namesIn(cluster).sort()
      const wrong = await store(Buffer.from('another content'), { sha256: 'f'.repeat(64) })
      t.match(errorOf(wrong), { code: 'VALIDATION_ERROR', details: { issues: [{ in: 'query', path: '/sha256' }] } })
      await cluster.call('PUT', '/api/v1/config', { files: { max_file_size: '1KB' } })
      const large = await store(randomBytes(MIB))
      t.match(errorOf(large), { code: 'PAYLOAD_TOO_LARGE', details: { limit_bytes: 1024 } })
      // No disk is so large, and what unfinished tasks name is less: the rest would have to go.
      await cluster.call('PUT', '/api/v1/config', { files: { max_file_size: '1GB', max_size: '1KB' } })
      t.match(errorOf(await store(randomBytes(MIB))), { code: 'STORAGE_FULL' })
      t.same(
        namesIn(cluster).filter((name) => !before.includes(name)),
        [],
      )
    })
  })
}
