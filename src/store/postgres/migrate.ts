/** Brings a database to the schema of this version. */
import type { Log } from '../../cluster/ports/log.ts'
import { DatabaseError } from '../database-error.ts'
import { SCHEMA } from './connection.ts'
import { migrations as all } from './migrations/index.ts'
import type { Run } from './run.ts'

/** The advisory lock under which a schema is changed: "RCst", as SQLite's application id. Every node takes it when it starts. */
export const SCHEMA_LOCK = 0x52437374

/** How many migrations a database has; 0 where it is not ours yet. */
export const schemaVersion = async (run: Run): Promise<number> => {
  const { rows } = await run<{ there: boolean }>(`SELECT to_regclass('${SCHEMA}.meta') IS NOT NULL AS there`)
  if (rows[0]?.there !== true) return 0
  const found = await run<{ value: number }>(`SELECT value FROM meta WHERE name = 'schema'`)
  return found.rows[0]?.value ?? 0
}

/** What there is to migrate. */
type Plan = { readonly run: Run; readonly shown: string; readonly version: number; readonly migrations: typeof all }

/** Runs the first migration that is missing. @returns the schema that was there before; undefined where nothing is missing */
const migrateOnce = async ({ run, shown, version, migrations }: Plan): Promise<number | undefined> => {
  await run('BEGIN')
  try {
    await run('SELECT pg_advisory_xact_lock($1)', [SCHEMA_LOCK])
    const from = await schemaVersion(run)
    if (from > migrations.length)
      throw new DatabaseError(
        'newer',
        `the database ${shown} was written by a newer version (schema ${from}; this one knows ${migrations.length}): run that version, or restore an older backup of it`,
      )
    const next = from < version ? migrations[from] : undefined
    if (next !== undefined) {
      if (from === 0) await run(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`)
      await next.up(run)
      await run(
        `INSERT INTO meta (name, value) VALUES ('schema', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
        [from + 1],
      )
    }
    await run('COMMIT')
    return next === undefined ? undefined : from
  } catch (error) {
    await run('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/**
 * Runs the migrations that are missing, up to `version`, each in one transaction with the note that it ran. Two that come at
 * the same time take turns: the second finds nothing to do.
 * @param shown - the database as it is called in an error
 * @throws DatabaseError `newer`
 */
export const migrate = async (
  run: Run,
  shown: string,
  log: Log,
  { version = all.length, migrations = all } = {},
): Promise<void> => {
  const done: number[] = []
  try {
    for (;;) {
      const from = await migrateOnce({ run, shown, version, migrations })
      if (from === undefined) return
      done.push(from)
    }
  } finally {
    // Where one fails, those before it stay.
    const [first, last] = [done[0], done.at(-1)]
    if (first !== undefined && last !== undefined) log.info({ from: first, schema: last + 1 }, 'store schema migrated')
  }
}
