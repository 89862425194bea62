/** The functions of the first schema. */

/** Adds up what a statement changed: `change` gives the rows that went (`sign` -1) and those that came (1). */
const addUp = (change: string): string => `
  INSERT INTO task_counts AS kept
    SELECT status, coalesce(device_id, ''), task_type, priority, sum(sign) FROM (${change}) AS change
      GROUP BY status, coalesce(device_id, ''), task_type, priority HAVING sum(sign) <> 0
    ON CONFLICT (status, device_id, task_type, priority) DO UPDATE SET tasks = kept.tasks + excluded.tasks;
  INSERT INTO task_spans AS kept
    SELECT sequence / 1024, min(created_ms), max(created_ms),
        coalesce(sum(sign) FILTER (WHERE status = 'pending'), 0),
        coalesce(sum(sign) FILTER (WHERE status = 'running'), 0),
        coalesce(sum(sign) FILTER (WHERE status = 'completed'), 0),
        coalesce(sum(sign) FILTER (WHERE status = 'failed'), 0),
        coalesce(sum(sign) FILTER (WHERE status = 'cancelled'), 0),
        sum(sign * (octet_length(record) + octet_length(payload)))
      FROM (${change}) AS change GROUP BY sequence / 1024
    ON CONFLICT (block) DO UPDATE SET
      min_created_ms = least(kept.min_created_ms, excluded.min_created_ms),
      max_created_ms = greatest(kept.max_created_ms, excluded.max_created_ms),
      pending = kept.pending + excluded.pending,
      running = kept.running + excluded.running,
      completed = kept.completed + excluded.completed,
      failed = kept.failed + excluded.failed,
      cancelled = kept.cancelled + excluded.cancelled,
      bytes = kept.bytes + excluded.bytes;
  INSERT INTO task_ends AS kept
    SELECT ended_ms / 3600000 * 3600000, coalesce(device_id, ''), task_type, status, sum(sign),
        sum(sign * coalesce(execution_ms, 0))
      FROM (${change}) AS change WHERE ended_ms IS NOT NULL
      GROUP BY ended_ms / 3600000 * 3600000, coalesce(device_id, ''), task_type, status
      HAVING sum(sign) <> 0 OR sum(sign * coalesce(execution_ms, 0)) <> 0
    ON CONFLICT (hour_ms, device_id, task_type, status) DO UPDATE SET
      tasks = kept.tasks + excluded.tasks, execution_ms = kept.execution_ms + excluded.execution_ms;
`

/** Keeps the sums of the tasks. */
export const triggers = `
CREATE FUNCTION tasks_came() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;
  ${addUp('SELECT 1 AS sign, * FROM new_rows')}
  RETURN NULL;
END $$;
CREATE FUNCTION tasks_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;
  ${addUp('SELECT 1 AS sign, * FROM new_rows UNION ALL SELECT -1, * FROM old_rows')}
  RETURN NULL;
END $$;
CREATE FUNCTION tasks_went() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NOT EXISTS (SELECT FROM old_rows) THEN RETURN NULL; END IF;
  DELETE FROM task_artifacts WHERE sequence IN (SELECT sequence FROM old_rows);
  ${addUp('SELECT -1 AS sign, * FROM old_rows')}
  RETURN NULL;
END $$;
CREATE TRIGGER tasks_came AFTER INSERT ON tasks
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tasks_came();
CREATE TRIGGER tasks_changed AFTER UPDATE ON tasks
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tasks_changed();
CREATE TRIGGER tasks_went AFTER DELETE ON tasks
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tasks_went();
`

/**
 * Who holds the lease writes; its term is what every write bears. Both functions take the row of `head`, and with it whoever
 * writes at the same time waits for the other's end.
 */
export const lease = `
CREATE FUNCTION hold_lease(held bigint) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
  UPDATE head SET until = clock_timestamp() + interval '4 seconds' WHERE term = held;
  IF NOT FOUND THEN RAISE EXCEPTION 'another node has the lease' USING ERRCODE = 'RC001'; END IF;
END $$;
`

const columnsOfTasks = `sequence bigint, task_id text, status text, device_id text, task_type text, priority text,
  batch_id text, original_task_id text, created_ms bigint, ended_ms bigint, execution_ms bigint, record text,
  payload text, artifacts text`

/**
 * One commit, in one statement, which PostgreSQL runs as one transaction: no round trip but the one. What has no rows is null
 * and costs nothing. A row comes as JSON, its own JSON as a string in it.
 */
export const commit = `
CREATE FUNCTION write_changes(
  held bigint, number bigint, highest_task bigint, highest_event bigint, new_tasks json, changed_tasks json, files json,
  first_event bigint, last_event bigint, event_ms bigint, event_rows text, log_rows json, device_rows json,
  counter_rows json, metric_rows json, answer_rows json, audit_rows json, key_rows json, token_rows json,
  revocation_rows json, config_patch text, gone_devices text[], gone_keys text[], gone_tokens text[], gone_revocations text[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  found_tasks bigint;
BEGIN
  UPDATE head SET
    commits = number,
    until = clock_timestamp() + interval '4 seconds',
    last_task_sequence = greatest(last_task_sequence, highest_task),
    last_event_sequence = greatest(last_event_sequence, highest_event)
    WHERE term = held AND commits = number - 1;
  IF NOT FOUND THEN RAISE EXCEPTION 'another node has the lease' USING ERRCODE = 'RC001'; END IF;

  IF gone_devices IS NOT NULL THEN
    DELETE FROM devices WHERE id = ANY (gone_devices);
    DELETE FROM counters WHERE device_id = ANY (gone_devices);
    DELETE FROM metrics WHERE device_id = ANY (gone_devices);
  END IF;
  IF device_rows IS NOT NULL THEN
    INSERT INTO devices SELECT * FROM json_to_recordset(device_rows) AS r (id text, record text)
      ON CONFLICT (id) DO UPDATE SET record = excluded.record;
  END IF;
  IF counter_rows IS NOT NULL THEN
    INSERT INTO counters
      SELECT * FROM json_to_recordset(counter_rows) AS r (device_id text, completed bigint, failed bigint)
      ON CONFLICT (device_id) DO UPDATE SET completed = excluded.completed, failed = excluded.failed;
  END IF;

  IF changed_tasks IS NOT NULL THEN
    UPDATE tasks SET
      status = r.status, device_id = r.device_id, ended_ms = r.ended_ms, execution_ms = r.execution_ms,
      record = r.record, artifacts = r.artifacts
      FROM json_to_recordset(changed_tasks) AS r (sequence bigint, status text, device_id text, ended_ms bigint,
        execution_ms bigint, record text, artifacts text)
      WHERE tasks.sequence = r.sequence;
    GET DIAGNOSTICS found_tasks = ROW_COUNT;
    IF found_tasks <> json_array_length(changed_tasks) THEN
      RAISE EXCEPTION 'a task is not there' USING ERRCODE = 'RC002';
    END IF;
  END IF;
  IF new_tasks IS NOT NULL THEN
    INSERT INTO tasks (sequence, task_id, status, device_id, task_type, priority, batch_id, original_task_id,
        created_ms, ended_ms, execution_ms, record, payload, artifacts)
      SELECT * FROM json_to_recordset(new_tasks) AS r (${columnsOfTasks})
      ON CONFLICT (sequence) DO UPDATE SET
        status = excluded.status, device_id = excluded.device_id, ended_ms = excluded.ended_ms,
        execution_ms = excluded.execution_ms, record = excluded.record, artifacts = excluded.artifacts;
  END IF;
  IF files IS NOT NULL THEN
    INSERT INTO task_artifacts SELECT * FROM json_to_recordset(files) AS r (sha256 text, sequence bigint)
      ON CONFLICT DO NOTHING;
  END IF;

  IF gone_keys IS NOT NULL THEN DELETE FROM keys WHERE id = ANY (gone_keys); END IF;
  IF key_rows IS NOT NULL THEN
    INSERT INTO keys SELECT * FROM json_to_recordset(key_rows) AS r (id text, record text)
      ON CONFLICT (id) DO UPDATE SET record = excluded.record;
  END IF;
  IF gone_tokens IS NOT NULL THEN DELETE FROM join_tokens WHERE id = ANY (gone_tokens); END IF;
  IF token_rows IS NOT NULL THEN
    INSERT INTO join_tokens SELECT * FROM json_to_recordset(token_rows) AS r (id text, record text)
      ON CONFLICT (id) DO UPDATE SET record = excluded.record;
  END IF;
  IF gone_revocations IS NOT NULL THEN
    DELETE FROM revocations WHERE credential_hash = ANY (gone_revocations);
  END IF;
  IF revocation_rows IS NOT NULL THEN
    INSERT INTO revocations SELECT * FROM json_to_recordset(revocation_rows)
        AS r (credential_hash text, device_id text, removed_ms bigint, node_token_hash text)
      ON CONFLICT (credential_hash) DO UPDATE SET device_id = excluded.device_id,
        removed_ms = excluded.removed_ms, node_token_hash = excluded.node_token_hash;
  END IF;

  IF audit_rows IS NOT NULL THEN
    INSERT INTO audit (sequence, at_ms, key_id, operation, hash, entry) SELECT * FROM json_to_recordset(audit_rows)
      AS r (sequence bigint, at_ms bigint, key_id text, operation text, hash text, entry text);
  END IF;
  IF metric_rows IS NOT NULL THEN
    INSERT INTO metrics SELECT * FROM json_to_recordset(metric_rows) AS r (
        resolution text, at_ms bigint, device_id text, samples bigint, online_ms bigint, cpu_avg double precision,
        cpu_peak double precision, memory_avg double precision, memory_peak double precision,
        storage_avg double precision, storage_peak double precision, rx_avg double precision, tx_avg double precision)
      ON CONFLICT (resolution, at_ms, device_id) DO UPDATE SET
        samples = excluded.samples, online_ms = excluded.online_ms,
        cpu_avg = excluded.cpu_avg, cpu_peak = excluded.cpu_peak,
        memory_avg = excluded.memory_avg, memory_peak = excluded.memory_peak,
        storage_avg = excluded.storage_avg, storage_peak = excluded.storage_peak,
        rx_avg = excluded.rx_avg, tx_avg = excluded.tx_avg;
  END IF;
  IF log_rows IS NOT NULL THEN
    INSERT INTO logs SELECT * FROM json_to_recordset(log_rows) AS r (
        sequence bigint, at_ms bigint, level integer, component text, device_id text, task_id text, entry text)
      ON CONFLICT (sequence) DO UPDATE SET at_ms = excluded.at_ms, level = excluded.level,
        component = excluded.component, device_id = excluded.device_id, task_id = excluded.task_id,
        entry = excluded.entry;
    INSERT INTO log_spans AS kept SELECT sequence / 1024, min(at_ms), max(at_ms)
      FROM json_to_recordset(log_rows) AS r (sequence bigint, at_ms bigint) GROUP BY sequence / 1024
      ON CONFLICT (block) DO UPDATE SET min_at_ms = least(kept.min_at_ms, excluded.min_at_ms),
        max_at_ms = greatest(kept.max_at_ms, excluded.max_at_ms);
  END IF;
  IF answer_rows IS NOT NULL THEN
    INSERT INTO idempotency (caller, path, key, at_ms, body_hash, answer) SELECT * FROM json_to_recordset(answer_rows)
        AS r (caller text, path text, key text, at_ms bigint, body_hash text, answer text)
      ON CONFLICT (caller, path, key) DO UPDATE SET
        at_ms = excluded.at_ms, body_hash = excluded.body_hash, answer = excluded.answer;
  END IF;
  IF config_patch IS NOT NULL THEN
    INSERT INTO config VALUES (1, config_patch) ON CONFLICT (id) DO UPDATE SET patch = excluded.patch;
  END IF;
  IF event_rows IS NOT NULL THEN
    INSERT INTO journal VALUES (last_event, first_event, event_ms, event_rows);
  END IF;
END $$;
`
