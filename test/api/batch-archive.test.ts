import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { batchArchive, firstPage } from '../../src/api/transfer/batch-archive.ts'
import type { TaskFiles } from '../../src/cluster/cluster.ts'
import { ClusterError } from '../../src/cluster/errors.ts'
import { filesOf } from '../archive/untar.ts'

const COMPLETED_AT = '2026-11-24T12:00:00.500Z'
const SECONDS = Date.parse('2026-11-24T12:00:00Z') / 1000

/** A batch of so many tasks, each of which left a file of its own name; some have expired since. */
const archiveOf = async (
  count: number,
  { after = null, expired = [] }: { after?: string | null; expired?: string[] },
) => {
  const tasks: TaskFiles[] = Array.from({ length: count }, (_, index) => ({
    task_id: `task-${index}`,
    completed_at: COMPLETED_AT,
    artifacts: index % 2 === 0 ? [{ name: 'out/a.txt', sha256: `hash-${index}`, bytes: String(index).length }] : [],
  }))
  const pages: number[] = []
  const batch = {
    batch_id: 'b',
    after,
    artifacts: {
      ofBatch: (input: { after: string | null; limit: number }) => {
        const from = input.after === null ? 0 : tasks.findIndex(({ task_id }) => task_id === input.after) + 1
        pages.push(input.limit)
        return Promise.resolve(tasks.slice(from, from + input.limit))
      },
      open: ({ sha256 }: { sha256: string }) => {
        if (expired.includes(sha256)) return Promise.reject(new ClusterError('ARTIFACT_NOT_FOUND', { sha256 }))
        const content = Buffer.from(sha256.slice('hash-'.length))
        const artifact = { sha256, bytes: content.length, used_at: COMPLETED_AT, expires_at: COMPLETED_AT }
        return Promise.resolve({ artifact, body: Readable.from([content]) })
      },
    },
  }
  const archive = Readable.from(batchArchive(batch, await firstPage(batch)), { objectMode: false })
  const files = filesOf(await buffer(archive))
  return { pages, files: files.map(({ path, content, mtimeSeconds }) => [path, content.toString(), mtimeSeconds]) }
}

void t.test('every file of every completed task is in it once, page after page', async (t) => {
  const { files, pages } = await archiveOf(250, {})
  const expected = Array.from({ length: 125 }, (_, half) => [`task-${2 * half}/out/a.txt`, String(2 * half), SECONDS])
  t.strictSame(files, expected)
  t.strictSame(pages, [100, 100, 100])
  t.strictSame((await archiveOf(250, { after: 'task-100' })).files, expected.slice(51))
  t.strictSame((await archiveOf(0, {})).files, [])
})

void t.test('what has expired is left out, and listed at the end', async (t) => {
  const { files } = await archiveOf(5, { expired: ['hash-0', 'hash-4'] })
  t.strictSame(files, [
    ['task-2/out/a.txt', '2', SECONDS],
    ['MISSING.txt', 'hash-0  task-0/out/a.txt\nhash-4  task-4/out/a.txt\n', SECONDS],
  ])
})

void t.test('an archive that is broken off leaves no file open, wherever it is', async (t) => {
  const bodies: Readable[] = []
  const batch = {
    batch_id: 'b',
    after: null,
    artifacts: {
      ofBatch: () =>
        Promise.resolve([
          { task_id: 'task', completed_at: COMPLETED_AT, artifacts: [{ name: 'a.txt', sha256: 'hash', bytes: 2 }] },
        ]),
      open: () => {
        const body = Readable.from([Buffer.from('a'), Buffer.from('b')])
        bodies.push(body)
        const artifact = { sha256: 'hash', bytes: 2, used_at: COMPLETED_AT, expires_at: COMPLETED_AT }
        return Promise.resolve({ artifact, body })
      },
    },
  }
  for (const pieces of [1, 2, 3]) {
    const archive = batchArchive(batch, await firstPage(batch))
    for (let taken = 0; taken < pieces; taken += 1) await archive.next()
    await archive.return()
    t.ok(bodies.at(-1)?.destroyed, `after ${pieces}`)
  }
  t.equal(bodies.length, 3)
})
