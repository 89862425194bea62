/** One thing that is measured: it starts what it needs, compares, and ends it again. */
import type { Row } from './row.ts'

/** What a case is given. */
export type Bench = {
  readonly pairs: number
  /** A directory of its own, which is removed afterwards. */
  readonly directory: string
  /** Says on stderr how far it is. */
  readonly tell: (what: string) => void
  /** Registers what is to be ended after the case, the last first; hands it on. */
  readonly using: <T extends { end(): Promise<void> }>(started: T) => T
}

/** A case. */
export type Case = {
  readonly name: string
  readonly measure: (bench: Bench) => Promise<readonly Row[]>
}
