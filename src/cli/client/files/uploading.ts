/** Files of this machine to the cluster: those that it lacks, each once. */
import { openAsBlob } from 'node:fs'
import type { ArtifactsResource } from '../../../client/resources/artifacts.ts'
import { eachAtOnce } from './at-once.ts'
import type { Hashed } from './hashing.ts'

/** So many at a time: more fill no home network better, and the API lets more in than that. */
const UPLOADS_AT_ONCE = 4

/** How far the uploading is. */
export type Uploaded = {
  readonly files: number
  readonly bytes: number
  readonly totalFiles: number
  readonly totalBytes: number
}

/**
 * Uploads what the cluster lacks. What broke off goes on where it was.
 * @returns what was to be uploaded
 * @throws ApiError, ConnectionError; the reason of the signal
 */
export const uploadMissing = async (
  artifacts: Pick<ArtifactsResource, 'missing' | 'upload'>,
  files: readonly Hashed[],
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (uploaded: Uploaded) => void },
): Promise<Uploaded> => {
  const byHash = new Map(files.map((file) => [file.sha256, file]))
  const { missing, partial } = await artifacts.missing([...byHash.keys()], { signal })
  const begun = new Map(partial.map((one) => [one.sha256, one.bytes]))
  const lacking = missing.flatMap((sha256) => byHash.get(sha256) ?? [])
  let uploaded: Uploaded = {
    files: 0,
    bytes: 0,
    totalFiles: lacking.length,
    totalBytes: lacking.reduce((sum, { bytes }) => sum + bytes, 0),
  }
  onProgress(uploaded)
  await eachAtOnce(lacking, UPLOADS_AT_ONCE, async ({ path, sha256, bytes }) => {
    await artifacts.upload(await openAsBlob(path), { sha256, offset: begun.get(sha256) ?? 0, call: { signal } })
    uploaded = { ...uploaded, files: uploaded.files + 1, bytes: uploaded.bytes + bytes }
    onProgress(uploaded)
  })
  return uploaded
}
