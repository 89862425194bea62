/** The operations on files: what they do with the store of files, with holds, and with what tasks name. */
import type { Artifact, ClusterConfig } from '../../../schemas/index.ts'
import { noBatch, placeIn } from '../batch-place.ts'
import { ClusterError } from '../errors.ts'
import { toInstant } from '../instants.ts'
import { DAY_MS } from '../periods.ts'
import type { FileStore, StoredFile } from '../ports/files.ts'
import type { Store } from '../ports/store.ts'
import { toBytes } from '../sizes.ts'
import type { State } from '../state.ts'
import type { UnitOfWork } from '../unit-of-work.ts'
import type { ArtifactOperations } from './artifact-operations.ts'
import type { FileHolds } from './holds.ts'
import { refusalOf } from './refusals.ts'

/** What the operations work with. */
export type ArtifactContext = {
  readonly files: FileStore
  readonly holds: FileHolds
  readonly state: State
  readonly store: Pick<Store, 'task' | 'batch' | 'left'>
  readonly work: UnitOfWork
  /** The config in force, of files. */
  readonly bounds: () => ClusterConfig['files']
}

const notFound = (sha256: string) => new ClusterError('ARTIFACT_NOT_FOUND', { sha256 })

/** The operations. */
export const createArtifactOperations = (context: ArtifactContext): ArtifactOperations => {
  const { files, holds, state, store, work, bounds } = context

  const artifactOf = ({ sha256, bytes, used_ms }: StoredFile): Artifact => ({
    sha256,
    bytes,
    used_at: toInstant(used_ms),
    expires_at: toInstant(used_ms + bounds().days * DAY_MS),
  })
  const find = async (sha256: string): Promise<StoredFile> => {
    const file = await files.stat(sha256)
    if (file === undefined) throw notFound(sha256)
    return file
  }
  /** Finds a file and notes that it is used. */
  const use = async (sha256: string): Promise<StoredFile> => {
    const letGo = await holds.hold([sha256])
    try {
      await files.touch([sha256])
      return await find(sha256)
    } finally {
      letGo()
    }
  }

  /** Answers a change of which the state knows nothing: where it is somebody's deed, it is in the audit log then. */
  const noted = <T>(answer: T): Promise<T> => work.run(() => () => answer)

  return {
    get: async ({ sha256 }) => artifactOf(await use(sha256)),
    missing: async ({ sha256 }) => {
      const letGo = await holds.hold(sha256)
      try {
        const missing: string[] = []
        const partial: { sha256: string; bytes: number }[] = []
        for (const one of sha256) {
          if ((await files.stat(one)) !== undefined) continue
          missing.push(one)
          const bytes = await files.partial(one)
          if (bytes > 0) partial.push({ sha256: one, bytes })
        }
        await files.touch(sha256)
        return { missing, partial }
      } finally {
        letGo()
      }
    },
    remove: async ({ sha256 }) => {
      const { bytes } = await find(sha256)
      const inUse = new ClusterError('ARTIFACT_IN_USE', { sha256 })
      // What tasks name is on disk then: nobody is told of a task that is taken back.
      if (await work.read(() => state.namedFiles.has(sha256))) throw inUse
      const isGone = await holds.removing(sha256, async () => {
        if (state.namedFiles.has(sha256)) return false
        await files.remove(sha256)
        return true
      })
      if (!isGone) throw inUse
      return noted({ removed_artifact: sha256, bytes })
    },
    store: async ({ sha256, offset, body }) => {
      const writing = { sha256, offset, maxBytes: toBytes(bounds().max_file_size) }
      const stored = await files.write({ ...writing, body }).catch(async (error: unknown) => {
        throw await refusalOf(files, writing, error)
      })
      return noted(artifactOf(stored))
    },
    open: async ({ sha256, start, end }) => {
      const file = await use(sha256)
      if (start > file.bytes) {
        const message = `must be at most ${file.bytes}, where the file ends`
        const issue = { in: 'query' as const, path: '/start', message }
        throw new ClusterError('VALIDATION_ERROR', { reason: `start ${message}`, issues: [issue] })
      }
      const body = await files.read(sha256, start, end)
      if (body === undefined) throw notFound(sha256)
      return { artifact: artifactOf(file), body }
    },
    ofBatch: async ({ batch_id, after, limit }) => {
      // What ended a moment ago is on disk then, and found there.
      await work.read(() => undefined)
      const place = after === null ? 0 : await placeIn(context, { batch_id, task_id: after, in: 'query' })
      const left = await store.left(batch_id, place, limit)
      if (left.length === 0 && (await store.batch(batch_id)) === undefined) throw noBatch(batch_id)
      return left
    },
  }
}
