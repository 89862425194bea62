/** Running statements on a connection. */
import type { Value as Single } from '../slots.ts'

/** A value that PostgreSQL is given: an array becomes one of its own. */
export type Value = Single | Buffer | readonly string[]

/** What a statement answered. */
export type Answer<Row> = {
  readonly rows: Row[]
  /** How many rows it changed or gave. */
  readonly changed: number
}

/**
 * Runs one statement with its values; without any, several at once.
 * It rejects with the error of the server, or with a `LostConnection`: `asStoreError` tells what it means.
 */
export type Run = <Row extends object = Record<string, never>>(
  text: string,
  values?: readonly Value[],
) => Promise<Answer<Row>>
