/** What the API asks of files: those that move bytes take and give streams, the others JSON alone. */
import type { Readable } from 'node:stream'
import type { Artifact, ArtifactQuery, ArtifactRemoved, ArtifactsMissing } from '../../../schemas/index.ts'
import type { TaskFiles } from '../ports/records.ts'

/** A stored file that is read. */
export type OpenArtifact = {
  readonly artifact: Artifact
  /** Its bytes, from `start` on and before `end`. Whoever reads destroys it where he stops early. */
  readonly body: Readable
}

/** A file on its way in. */
export type ArtifactUpload = {
  /** What it has to be; null: whatever comes. */
  readonly sha256: string | null
  /** Where the body goes on, in bytes, after a transfer that broke. */
  readonly offset: number
  readonly body: Readable
}

/** The operations on files. */
export interface ArtifactOperations {
  /** Errors: `ARTIFACT_NOT_FOUND`. */
  get(input: { sha256: string }): Promise<Artifact>
  /** What is not stored here, and how much of it is. What is stored counts as used now. */
  missing(input: ArtifactQuery): Promise<ArtifactsMissing>
  /** Errors: `ARTIFACT_NOT_FOUND`, `ARTIFACT_IN_USE`. */
  remove(input: { sha256: string }): Promise<ArtifactRemoved>
  /**
   * Stores a file; resolves when it is on disk under its hash. A body that breaks off leaves what came as the beginning of the
   * next attempt, where `sha256` is given.
   * Errors: `VALIDATION_ERROR` for another content than was named (`/sha256` in the query), an `offset` that is not where the
   * last transfer broke off (`/offset` in the query, with the right one as `allowed`), or a body that broke off;
   * `PAYLOAD_TOO_LARGE`, `STORAGE_FULL`. But for the body that broke off nothing is left of it then.
   */
  store(input: ArtifactUpload): Promise<Artifact>
  /** Opens a file from `start` to before `end` (undefined: to its end), bytes. Errors: `ARTIFACT_NOT_FOUND`, `VALIDATION_ERROR` for a `start` beyond its end. */
  open(input: { sha256: string; start: number; end?: number }): Promise<OpenArtifact>
  /**
   * What the completed tasks of a batch left, with and without files, in the order in which they were taken in: those after one of
   * them, where it is named. Fewer than `limit`: no more have completed.
   * Errors: `NOT_FOUND` for an unknown batch, `VALIDATION_ERROR` where `after` is no task of it.
   */
  ofBatch(input: { batch_id: string; after: string | null; limit: number }): Promise<readonly TaskFiles[]>
}
