/** The files of a node: what the rest of it asks of them, put together. */
import type { ClusterConfig, LogLevel } from '../../../schemas/index.ts'
import { filesTellingWhenAway } from '../away.ts'
import type { Clock } from '../ports/clock.ts'
import type { FileGate } from '../ports/file-gate.ts'
import type { FileStore } from '../ports/files.ts'
import type { Log } from '../ports/log.ts'
import type { Store } from '../ports/store.ts'
import { toBytes } from '../sizes.ts'
import type { State } from '../state.ts'
import type { UnitOfWork } from '../unit-of-work.ts'
import type { ArtifactOperations } from './artifact-operations.ts'
import { createArtifactOperations } from './artifacts.ts'
import { createFileGate } from './gate.ts'
import { createFileHolds } from './holds.ts'
import { createFileLook, type FileLook } from './inputs.ts'
import { keepFiles } from './keeper.ts'

/** What they work with. */
export type FilesContext = {
  /** Where their bytes lie. */
  readonly place: FileStore
  readonly state: State
  readonly store: Store
  readonly work: UnitOfWork
  readonly clock: Clock
  readonly log: Log
  /** The config in force, of files. */
  readonly bounds: () => ClusterConfig['files']
}

/** The files. */
export interface Files {
  /** Looks which of some are here. */
  readonly look: FileLook
  /** Where devices come with them. */
  readonly gate: FileGate
  readonly operations: ArtifactOperations
  /** Whether files are refused, as there is no room for them. */
  isFull(): boolean
  /** The bounds have changed: they act at once. */
  review(): void
  stop(): void
}

/** Puts them together, and keeps them bounded from then on. */
export const createFiles = (context: FilesContext): Files => {
  const { state, work, log, bounds } = context
  const place = filesTellingWhenAway(context.place)
  const holds = createFileHolds()
  const tell = (level: LogLevel, message: string) => {
    work
      .run((tx) => {
        tx.log(level, { component: 'store', device_id: null, task_id: null, message, details: {} })
        return () => undefined
      })
      .catch((error: unknown) => log.error({ err: error }, 'a line of the log could not be kept'))
  }
  const { files, isFull, review, stop } = keepFiles({ ...context, files: place, holds, tell })
  return {
    look: createFileLook(files, holds),
    gate: createFileGate({ state, files, maxFileBytes: () => toBytes(bounds().max_file_size) }),
    operations: createArtifactOperations({ ...context, files, holds }),
    isFull,
    review,
    stop,
  }
}
