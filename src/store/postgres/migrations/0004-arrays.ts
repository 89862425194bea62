/** Rows of every task as arrays: as JSON they were parsed three times, and their own JSON was escaped in it (docs/adr/0021-binary-arrays.md). */
import type { ElementType } from '../binary-array.ts'
import type { Run } from '../run.ts'

/** What `write_commit` takes of a table, column by column, in the order of its arguments. */
export type Columns = Readonly<Record<string, ElementType>>

/** A row of such columns. */
export type RowOf<Of extends Columns> = {
  readonly [Column in keyof Of]: (Of[Column] extends 'bigint' ? number : string) | null
}

const columns = <const C extends Columns>(of: C): C => of

/** What changes of a task. */
export const changedTask = columns({
  sequence: 'bigint',
  status: 'text',
  device_id: 'text',
  ended_ms: 'bigint',
  execution_ms: 'bigint',
  record: 'text',
  artifacts: 'text',
})

/** All of a task. */
export const newTask = columns({
  ...changedTask,
  task_id: 'text',
  task_type: 'text',
  priority: 'text',
  batch_id: 'text',
  original_task_id: 'text',
  created_ms: 'bigint',
  payload: 'text',
})

/** A line of the log. */
export const logLine = columns({
  sequence: 'bigint',
  at_ms: 'bigint',
  level: 'bigint',
  component: 'text',
  device_id: 'text',
  task_id: 'text',
  entry: 'text',
})

/** A line of the audit log. */
export const auditLine = columns({
  sequence: 'bigint',
  at_ms: 'bigint',
  key_id: 'text',
  operation: 'text',
  hash: 'text',
  entry: 'text',
})

const tables = { changed: changedTask, new: newTask, log: logLine, audit: auditLine }

const declared = Object.entries(tables).flatMap(([table, of]) =>
  Object.entries(of).map(([column, type]) => `${table}_${column} ${type}[]`),
)
const namesOf = (of: Columns): string => Object.keys(of).join()
/** The rows that come as the arrays of a table, as `r`. */
const rowsOf = (table: keyof typeof tables): string => {
  const names = Object.keys(tables[table])
  return `unnest(${names.map((column) => `${table}_${column}`).join()}) AS r (${names.join()})`
}

/**
 * One commit, as `write_changes`, which still writes what few commits have. The plans are made once: they find rows by their keys
 * alone, however many there are.
 */
const commit = `
CREATE FUNCTION write_commit(
  held bigint, number bigint, highest_task bigint, highest_event bigint, files json,
  first_event bigint, last_event bigint, event_ms bigint, event_rows text, device_rows json,
  counter_rows json, metric_rows json, answer_rows json, key_rows json, token_rows json,
  revocation_rows json, config_patch text, gone_devices text[], gone_keys text[], gone_tokens text[], gone_revocations text[],
  ${declared.join(', ')}
) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  found_tasks bigint;
BEGIN
  PERFORM write_changes(held, number, highest_task, highest_event, NULL, NULL, files, first_event, last_event, event_ms,
    event_rows, NULL, device_rows, counter_rows, metric_rows, answer_rows, NULL, key_rows, token_rows, revocation_rows,
    config_patch, gone_devices, gone_keys, gone_tokens, gone_revocations);

  IF changed_sequence IS NOT NULL THEN
    UPDATE tasks SET
      status = r.status, device_id = r.device_id, ended_ms = r.ended_ms, execution_ms = r.execution_ms,
      record = r.record, artifacts = r.artifacts
      FROM ${rowsOf('changed')} WHERE tasks.sequence = r.sequence;
    GET DIAGNOSTICS found_tasks = ROW_COUNT;
    IF found_tasks <> cardinality(changed_sequence) THEN
      RAISE EXCEPTION 'a task is not there' USING ERRCODE = 'RC002';
    END IF;
  END IF;
  IF new_sequence IS NOT NULL THEN
    INSERT INTO tasks (${namesOf(newTask)}) SELECT * FROM ${rowsOf('new')}
      ON CONFLICT (sequence) DO UPDATE SET
        status = excluded.status, device_id = excluded.device_id, ended_ms = excluded.ended_ms,
        execution_ms = excluded.execution_ms, record = excluded.record, artifacts = excluded.artifacts;
  END IF;
  IF audit_sequence IS NOT NULL THEN
    INSERT INTO audit (${namesOf(auditLine)}) SELECT * FROM ${rowsOf('audit')};
  END IF;
  IF log_sequence IS NOT NULL THEN
    INSERT INTO logs (${namesOf(logLine)}) SELECT * FROM ${rowsOf('log')}
      ON CONFLICT (sequence) DO UPDATE SET at_ms = excluded.at_ms, level = excluded.level,
        component = excluded.component, device_id = excluded.device_id, task_id = excluded.task_id,
        entry = excluded.entry;
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
