/** The two ends of a move, whatever keeps them. */
import { createHash } from 'node:crypto'
import type { FileTarget, MovedFile } from './files.ts'
import type { MovedTable, Row } from './tables.ts'

/** Rows, a page at a time. */
export type Pages = AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>

/** What is read of a database. */
export type Rows = {
  count(table: MovedTable): Promise<number>
  /** Its rows in the order of the key, those after one where it is given; as many at a time as memory holds well. */
  pages(table: MovedTable, after?: Row): Pages
}

/** Numbers that no database may give twice. */
export type Standing = {
  readonly epoch: number
  readonly lastTaskSequence: number
  readonly lastEventSequence: number
}

/** Where a move comes from. It is only read, and nobody else may write to it meanwhile. */
export type Source = Rows & {
  readonly standing: Standing
  /** By what a move that is gone on with knows that this is where it began: {@link markOf}. */
  readonly mark: number
  /** The files of tasks. */
  files(): AsyncIterable<MovedFile>
  /** False where it was written to all the same. */
  isUnchanged(): Promise<boolean>
  close(): Promise<void>
}

/** Where a move goes to. Until it is finished no node starts from it. */
export type Target = Rows & {
  /** Its epoch before it is finished. */
  readonly epoch: number
  /** The key of its last row; undefined where it has none. */
  last(table: MovedTable): Promise<Row | undefined>
  /** Writes rows that come after its last one, all of them or none. */
  write(table: MovedTable, rows: readonly Row[]): Promise<void>
  /** Where the files of tasks go. */
  files(): Promise<FileTarget>
  /** Makes it a cluster. */
  finish(standing: Standing): Promise<void>
  close(): Promise<void>
}

/** A number of 48 bits for all that a source is known by. */
export const markOf = (...known: readonly number[]): number =>
  createHash('sha256').update(known.join()).digest().readUIntBE(0, 6)
