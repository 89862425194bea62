/** Cases of the operations on files. */
import type { Artifact, ArtifactRemoved, ArtifactsMissing, TaskSubmitted } from '../../schemas/index.ts'
import { filesOf } from '../archive/untar.ts'
import type { Cases } from './cases.ts'

/** SHA-256 of `hello`, of `hello world`, and of nothing that is here. */
const HELLO = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'
const HELLO_WORLD = 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9'
const NOTHING = 'f'.repeat(64)

const FILE = { params: { sha256: HELLO } }

/** By operation; what is stored by the first is read by the others, and removed by the last. */
export const artifactCases: Cases = {
  storeArtifact: async ({ send, succeed, refuse, t }) => {
    const { headers, text } = await send('storeArtifact', 201, { rawBody: 'hello', query: { sha256: HELLO } })
    t.match((JSON.parse(text) as { data: Artifact }).data, { sha256: HELLO, bytes: 5 })
    t.equal(headers.location, `/api/v1/artifacts/${HELLO}`)
    for (const type of ['application/octet-stream', 'application/x-www-form-urlencoded', 'image/jpeg'])
      t.match(await succeed('storeArtifact', 201, { rawBody: 'hello', headers: { 'Content-Type': type } }), {
        sha256: HELLO,
      })
    const wrong = { rawBody: 'hullo', query: { sha256: HELLO_WORLD } }
    t.match(await refuse('storeArtifact', 'VALIDATION_ERROR', wrong), {
      details: { issues: [{ in: 'query', path: '/sha256' }] },
    })
    const beyond = { rawBody: 'o', query: { sha256: HELLO_WORLD, offset: '4' } }
    t.match(await refuse('storeArtifact', 'VALIDATION_ERROR', beyond), {
      details: { issues: [{ in: 'query', path: '/offset', allowed: [0] }] },
    })
    await succeed('updateConfig', 200, { body: { files: { max_file_size: '1KB' } } })
    t.match(await refuse('storeArtifact', 'PAYLOAD_TOO_LARGE', { rawBody: 'x'.repeat(1025) }), {
      details: { limit_bytes: 1024 },
    })
    await succeed('updateConfig', 200, { body: { files: { max_file_size: '1GB' } } })
  },
  findMissingArtifacts: async ({ succeed, refuse, t }) => {
    const body = { sha256: [NOTHING, HELLO] }
    t.same(await succeed<ArtifactsMissing>('findMissingArtifacts', 200, { body }), { missing: [NOTHING], partial: [] })
    await refuse('findMissingArtifacts', 'VALIDATION_ERROR', { body: { sha256: [HELLO, HELLO] } })
  },
  getArtifact: async ({ send, refuse, t }) => {
    const { headers, text } = await send('getArtifact', 200, FILE)
    t.equal(text, 'hello')
    t.match(headers, { etag: `"${HELLO}"`, 'content-length': '5', 'x-content-type-options': 'nosniff' })
    const part = await send('getArtifact', 206, { ...FILE, headers: { Range: 'bytes=1-3' } })
    t.equal(part.text, 'ell')
    t.equal(part.headers['content-range'], 'bytes 1-3/5')
    await send('getArtifact', 304, { ...FILE, headers: { 'If-None-Match': `"${HELLO}"` } })
    const { details } = await refuse('getArtifact', 'RANGE_NOT_SATISFIABLE', {
      ...FILE,
      headers: { Range: 'bytes=5-' },
    })
    t.same(details, { sha256: HELLO, bytes: 5 })
    await refuse('getArtifact', 'ARTIFACT_NOT_FOUND', { params: { sha256: NOTHING } })
  },
  getBatchArtifacts: async ({ send, refuse, t }, { batch, completed }) => {
    const { bytes, headers } = await send('getBatchArtifacts', 200, { params: { batch_id: batch } })
    t.same(filesOf(bytes), [], 'echoes leave nothing')
    t.equal(headers['content-disposition'], `attachment; filename="${batch}.tar"`)
    await refuse('getBatchArtifacts', 'NOT_FOUND', { params: { batch_id: 'batch-none' } })
    await refuse('getBatchArtifacts', 'NOT_FOUND', { params: { batch_id: 'batch-none' }, query: { after: completed } })
    const elsewhere = { params: { batch_id: batch }, query: { after: completed } }
    t.match(await refuse('getBatchArtifacts', 'VALIDATION_ERROR', elsewhere), {
      details: { issues: [{ in: 'query', path: '/after' }] },
    })
  },
  removeArtifact: async ({ succeed, refuse, send, t }) => {
    const task = { task_type: 'command', payload: { command: ['cat', 'in'] }, inputs: [{ name: 'in', sha256: HELLO }] }
    const body = { ...task, requirements: { platform: 'amiga' }, queue_if_unavailable: true }
    const { task_id } = await succeed<TaskSubmitted>('submitTask', 201, { body })
    await refuse('removeArtifact', 'ARTIFACT_IN_USE', FILE)
    await send('cancelTask', 200, { params: { task_id } })
    t.same(await succeed<ArtifactRemoved>('removeArtifact', 200, FILE), { removed_artifact: HELLO, bytes: 5 })
    await refuse('removeArtifact', 'ARTIFACT_NOT_FOUND', FILE)
    await refuse('retryTask', 'ARTIFACT_NOT_FOUND', { params: { task_id } })
  },
}
