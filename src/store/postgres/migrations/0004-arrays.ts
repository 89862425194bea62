/** Rows of every task as arrays: as JSON they were parsed three times, and their own JSON was escaped in it (docs/adr/0021-binary-arrays.md). */
import type { ElementType } from '../binary-array.ts'
import type { Run } from '../run.ts'

/*
 * `changes.ts` sends what stands here. Databases have this function: once it is out it is never changed, and the next one has a file of its
 * own, which `changes.ts` reads then instead.
 */

/** The columns of rows that come as arrays. */
export type Columns = Readonly<Record<string, ElementType>>

/** A row of such columns. */
export type RowOf<Of extends Columns> = {
  readonly [Column in keyof Of]: (Of[Column] extends 'bigint' ? number : string) | null
}

/** What `write_commit` takes one by one, in its order: all of `write_changes` (migration 1) but what comes as arrays. */
export const singles = {
  held: 'bigint',
  number: 'bigint',
  highest_task: 'bigint',
  highest_event: 'bigint',
  files: 'json',
  first_event: 'bigint',
  last_event: 'bigint',
  event_ms: 'bigint',
  event_rows: 'text',
  device_rows: 'json',
  counter_rows: 'json',
  metric_rows: 'json',
  answer_rows: 'json',
  key_rows: 'json',
  token_rows: 'json',
  revocation_rows: 'json',
  config_patch: 'text',
  gone_devices: 'text[]',
  gone_keys: 'text[]',
  gone_tokens: 'text[]',
  gone_revocations: 'text[]',
} as const

const changed = {
  sequence: 'bigint',
  status: 'text',
  device_id: 'text',
  ended_ms: 'bigint',
  execution_ms: 'bigint',
  record: 'text',
  artifacts: 'text',
} as const

/** What it takes as arrays, in its order: tasks that are there, new ones, lines of the log and of the audit log. */
export const tables = {
  changed,
  new: {
    ...changed,
    task_id: 'text',
    task_type: 'text',
    priority: 'text',
    batch_id: 'text',
    original_task_id: 'text',
    created_ms: 'bigint',
    payload: 'text',
  },
  log: {
    sequence: 'bigint',
    at_ms: 'bigint',
    level: 'bigint',
    component: 'text',
    device_id: 'text',
    task_id: 'text',
    entry: 'text',
  },
  audit: {
    sequence: 'bigint',
    at_ms: 'bigint',
    key_id: 'text',
    operation: 'text',
    hash: 'text',
    entry: 'text',
  },
} as const satisfies Record<string, Columns>

const namesOf = (table: keyof typeof tables): string => Object.keys(tables[table]).join()
/** The rows that come as the arrays of a table, as `r`. */
const rowsOf = (table: keyof typeof tables): string => {
  const arrays = Object.keys(tables[table]).map((column) => `${table}_${column}`)
  return `unnest(${arrays.join()}) AS r (${namesOf(table)})`
}
/** Takes all of a row but its key from another one. */
const setFrom = (table: keyof typeof tables, row: string): string =>
  Object.keys(tables[table])
    .filter((column) => column !== 'sequence')
    .map((column) => `${column} = ${row}.${column}`)
    .join()

const declared = [
  ...Object.entries(singles).map(([name, type]) => `${name} ${type}`),
  ...Object.entries(tables).flatMap(([table, columns]) =>
    Object.entries(columns).map(([column, type]) => `${table}_${column} ${type}[]`),
  ),
]
const passedOn = [
  ...Object.keys(singles).map((name) => `${name} => ${name}`),
  ...['new_tasks', 'changed_tasks', 'log_rows', 'audit_rows'].map((name) => `${name} => NULL`),
]

/** The change of tasks, for a test of its plan: it finds them by their keys, however many there are. */
export const changeTasks = `UPDATE tasks SET ${setFrom('changed', 'r')} FROM ${rowsOf('changed')} WHERE tasks.sequence = r.sequence`

/**
 * One commit. What few commits have is left to `write_changes`, which looks at the lease first. Statements are planned once: with arrays of
 * known length PostgreSQL would rather plan each call anew, for the same plan.
 */
const commit = `
CREATE FUNCTION write_commit(${declared.join()}) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  found_tasks bigint;
BEGIN
  PERFORM write_changes(${passedOn.join()});

  IF changed_sequence IS NOT NULL THEN
    ${changeTasks};
    GET DIAGNOSTICS found_tasks = ROW_COUNT;
    IF found_tasks <> cardinality(changed_sequence) THEN
      RAISE EXCEPTION 'a task is not there' USING ERRCODE = 'RC002';
    END IF;
  END IF;
  IF new_sequence IS NOT NULL THEN
    INSERT INTO tasks (${namesOf('new')}) SELECT * FROM ${rowsOf('new')}
      ON CONFLICT (sequence) DO UPDATE SET ${setFrom('changed', 'excluded')};
  END IF;
  IF audit_sequence IS NOT NULL THEN
    INSERT INTO audit (${namesOf('audit')}) SELECT * FROM ${rowsOf('audit')};
  END IF;
  IF log_sequence IS NOT NULL THEN
    INSERT INTO logs (${namesOf('log')}) SELECT * FROM ${rowsOf('log')}
      ON CONFLICT (sequence) DO UPDATE SET ${setFrom('log', 'excluded')};
    INSERT INTO log_spans AS kept SELECT r.sequence / 1024, min(r.at_ms), max(r.at_ms)
      FROM unnest(log_sequence, log_at_ms) AS r (sequence, at_ms) GROUP BY r.sequence / 1024
      ON CONFLICT (block) DO UPDATE SET min_at_ms = least(kept.min_at_ms, excluded.min_at_ms),
        max_at_ms = greatest(kept.max_at_ms, excluded.max_at_ms);
  END IF;
END $$;
`

/** Makes it. */
export const up = async (run: Run): Promise<void> => {
  await run(commit)
}
