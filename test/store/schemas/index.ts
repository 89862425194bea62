/** A fixture of every schema, in order: what that one brought, and what must be there of it today. */
import type { Test } from 'tap'
import type { Store } from '../../../src/cluster/ports/store.ts'
import * as first from './0001-first.ts'
import * as idempotency from './0002-idempotency.ts'
import * as learned from './0003-learned.ts'
import * as repeats from './0004-repeats.ts'
import * as audit from './0005-audit.ts'
import * as joining from './0006-joining.ts'
import * as taskArtifacts from './0007-task-artifacts.ts'
import type { Rows } from './rows.ts'

export type SchemaFixture = { readonly rows: Rows; readonly check: (t: Test, store: Store) => Promise<void> }

export const schemas: readonly SchemaFixture[] = [first, idempotency, learned, repeats, audit, joining, taskArtifacts]
