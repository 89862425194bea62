import t from 'tap'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { uploadMissing } from '../../../src/cli/client/files/uploading.ts'
import type { ArtifactsResource } from '../../../src/client/resources/artifacts.ts'
import { temporaryDirectory } from '../programs.ts'

void t.test('what the cluster lacks is sent, each once, and goes on where it was', async (t) => {
  const directory = temporaryDirectory(t)
  const files = ['stored', 'absent', 'begun', 'absent too', 'absent'].map((sha256, number) => {
    const path = join(directory, `${number}`)
    writeFileSync(path, sha256)
    return { path, sha256, bytes: sha256.length }
  })
  const asked: (readonly string[])[] = []
  const sent: unknown[] = []
  const artifacts = {
    missing: (sha256) => {
      asked.push(sha256)
      return Promise.resolve({ missing: ['absent', 'begun', 'absent too'], partial: [{ sha256: 'begun', bytes: 3 }] })
    },
    upload: async (content, { sha256 = '', offset } = {}) => {
      sent.push([sha256, content instanceof Blob ? await content.text() : '', offset])
      return { sha256, bytes: 0, used_at: '', expires_at: '' }
    },
  } satisfies Pick<ArtifactsResource, 'missing' | 'upload'>
  const told: string[] = []
  const { signal } = new AbortController()
  await uploadMissing(artifacts, files, {
    signal,
    onProgress: (now) => told.push(`${now.files}/${now.totalFiles} ${now.bytes}/${now.totalBytes}`),
  })
  // A question for each file would use up the reads that a key has.
  t.strictSame(asked, [['stored', 'absent', 'begun', 'absent too']])
  t.strictSame(sent, [
    ['absent', 'absent', 0],
    ['begun', 'begun', 3],
    ['absent too', 'absent too', 0],
  ])
  t.equal(told[0], '0/3 0/21')
  t.equal(told.at(-1), '3/3 21/21')
})
