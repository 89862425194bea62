/** Every migration, in order: the schema's version is how many of them a database has. Those that are out are never changed. */
import type { Run } from '../run.ts'
import * as first from './0001-first.ts'
import * as members from './0002-members.ts'
import * as files from './0003-files.ts'
import * as arrays from './0004-arrays.ts'

/** One step of the schema. `up` runs inside a transaction of its own. */
export type Migration = { readonly up: (run: Run) => Promise<void> }

/** The steps; the version of the schema is their number. */
export const migrations: readonly Migration[] = [first, members, files, arrays]
