/** Every migration, in order: the schema's version is how many of them a database has. Those that are out are never changed. */
import type { DatabaseSync } from 'node:sqlite'
import * as first from './0001-first.ts'
import * as idempotency from './0002-idempotency.ts'
import * as learned from './0003-learned.ts'
import * as repeats from './0004-repeats.ts'
import * as audit from './0005-audit.ts'
import * as joining from './0006-joining.ts'
import * as taskArtifacts from './0007-task-artifacts.ts'

/** One step of the schema. `up` runs inside a transaction of its own. */
export type Migration = { readonly up: (db: DatabaseSync) => void }

/** The steps; the version of the schema is their number. */
export const migrations: readonly Migration[] = [first, idempotency, learned, repeats, audit, joining, taskArtifacts]
