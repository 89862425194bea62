/** The first schema. */
import type { DatabaseSync } from 'node:sqlite'

/*
 * Why it looks so:
 * - An index by which a listing is filtered ends in the sequence (of a table, the rowid ends every index), so that a page
 *   is read in order from where the last one stopped, without sorting.
 * - since and until are instants, but the order is the sequence, and a clock may jump: no index gives both. So each 1,024
 *   sequences have a row with their least and greatest instant (what PostgreSQL calls BRIN): it narrows the sequences that
 *   are looked at, and the counts beside it answer for whole blocks.
 * - An update rewrites the row (SQLite stores it as one record, overflow pages included), so long payloads stand apart.
 * - What ended is summed by the hour; only the hour that a period cuts is counted by its rows, along tasks_by_end.
 * - Unfinished tasks are found by tasks_by_status; an index of their own would cost two more writes a task.
 */
const addEnd = `INSERT INTO task_ends
    SELECT new.ended_ms / 3600000 * 3600000, coalesce(new.device_id, ''), new.task_type, new.status, 1,
      coalesce(new.execution_ms, 0) WHERE new.ended_ms IS NOT NULL
    ON CONFLICT DO UPDATE SET tasks = tasks + 1, execution_ms = execution_ms + excluded.execution_ms;`

const sameEnd = `hour_ms = old.ended_ms / 3600000 * 3600000 AND device_id = coalesce(old.device_id, '')
    AND task_type = old.task_type AND status = old.status`

const takeEnd = `UPDATE task_ends SET tasks = tasks - 1, execution_ms = execution_ms - coalesce(old.execution_ms, 0)
    WHERE ${sameEnd};
  DELETE FROM task_ends WHERE ${sameEnd} AND tasks = 0;`

const schema = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE tasks (
  sequence INTEGER PRIMARY KEY,
  task_id TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  device_id TEXT,
  task_type TEXT NOT NULL,
  priority TEXT NOT NULL,
  batch_id TEXT,
  created_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  execution_ms INTEGER,
  record TEXT NOT NULL,
  payload TEXT
) STRICT;
CREATE INDEX tasks_by_status ON tasks (status);
CREATE INDEX tasks_by_device ON tasks (device_id) WHERE device_id IS NOT NULL;
CREATE INDEX tasks_by_type ON tasks (task_type);
CREATE INDEX tasks_by_priority ON tasks (priority);
CREATE INDEX tasks_by_batch ON tasks (batch_id) WHERE batch_id IS NOT NULL;

CREATE INDEX tasks_by_end ON tasks (ended_ms) WHERE ended_ms IS NOT NULL;

CREATE TABLE task_payloads (sequence INTEGER PRIMARY KEY, payload TEXT NOT NULL) STRICT;

CREATE TABLE task_counts (
  status TEXT NOT NULL,
  device_id TEXT NOT NULL,
  task_type TEXT NOT NULL,
  priority TEXT NOT NULL,
  tasks INTEGER NOT NULL,
  PRIMARY KEY (status, device_id, task_type, priority)
) STRICT, WITHOUT ROWID;

CREATE TABLE task_spans (
  block INTEGER PRIMARY KEY,
  min_created_ms INTEGER NOT NULL,
  max_created_ms INTEGER NOT NULL,
  pending INTEGER NOT NULL,
  running INTEGER NOT NULL,
  completed INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  cancelled INTEGER NOT NULL
) STRICT;

CREATE TRIGGER tasks_counted AFTER INSERT ON tasks BEGIN
  INSERT INTO task_counts VALUES (new.status, coalesce(new.device_id, ''), new.task_type, new.priority, 1)
    ON CONFLICT DO UPDATE SET tasks = tasks + 1;
  INSERT INTO task_spans VALUES (
      new.sequence / 1024, new.created_ms, new.created_ms, new.status = 'pending', new.status = 'running',
      new.status = 'completed', new.status = 'failed', new.status = 'cancelled')
    ON CONFLICT DO UPDATE SET
      min_created_ms = min(min_created_ms, excluded.min_created_ms),
      max_created_ms = max(max_created_ms, excluded.max_created_ms),
      pending = pending + excluded.pending,
      running = running + excluded.running,
      completed = completed + excluded.completed,
      failed = failed + excluded.failed,
      cancelled = cancelled + excluded.cancelled;
END;

CREATE TRIGGER tasks_recounted AFTER UPDATE OF status, device_id ON tasks
WHEN old.status IS NOT new.status OR old.device_id IS NOT new.device_id BEGIN
  INSERT INTO task_counts VALUES (new.status, coalesce(new.device_id, ''), new.task_type, new.priority, 1)
    ON CONFLICT DO UPDATE SET tasks = tasks + 1;
  UPDATE task_counts SET tasks = tasks - 1 WHERE status = old.status AND device_id = coalesce(old.device_id, '')
    AND task_type = old.task_type AND priority = old.priority;
  DELETE FROM task_counts WHERE status = old.status AND device_id = coalesce(old.device_id, '')
    AND task_type = old.task_type AND priority = old.priority AND tasks = 0;
  UPDATE task_spans SET
    pending = pending + (new.status = 'pending') - (old.status = 'pending'),
    running = running + (new.status = 'running') - (old.status = 'running'),
    completed = completed + (new.status = 'completed') - (old.status = 'completed'),
    failed = failed + (new.status = 'failed') - (old.status = 'failed'),
    cancelled = cancelled + (new.status = 'cancelled') - (old.status = 'cancelled')
    WHERE block = new.sequence / 1024 AND old.status IS NOT new.status;
END;

CREATE TRIGGER tasks_uncounted AFTER DELETE ON tasks BEGIN
  DELETE FROM task_payloads WHERE sequence = old.sequence;
  UPDATE task_counts SET tasks = tasks - 1 WHERE status = old.status AND device_id = coalesce(old.device_id, '')
    AND task_type = old.task_type AND priority = old.priority;
  DELETE FROM task_counts WHERE status = old.status AND device_id = coalesce(old.device_id, '')
    AND task_type = old.task_type AND priority = old.priority AND tasks = 0;
  UPDATE task_spans SET
    pending = pending - (old.status = 'pending'),
    running = running - (old.status = 'running'),
    completed = completed - (old.status = 'completed'),
    failed = failed - (old.status = 'failed'),
    cancelled = cancelled - (old.status = 'cancelled')
    WHERE block = old.sequence / 1024;
  DELETE FROM task_spans
    WHERE block = old.sequence / 1024 AND pending + running + completed + failed + cancelled = 0;
END;

CREATE TABLE task_ends (
  hour_ms INTEGER NOT NULL,
  device_id TEXT NOT NULL,
  task_type TEXT NOT NULL,
  status TEXT NOT NULL,
  tasks INTEGER NOT NULL,
  execution_ms INTEGER NOT NULL,
  PRIMARY KEY (hour_ms, device_id, task_type, status)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tasks_end_added AFTER INSERT ON tasks WHEN new.ended_ms IS NOT NULL BEGIN
  ${addEnd}
END;
CREATE TRIGGER tasks_end_changed AFTER UPDATE OF status, device_id, ended_ms, execution_ms ON tasks
WHEN coalesce(old.ended_ms, new.ended_ms) IS NOT NULL AND (
  old.ended_ms IS NOT new.ended_ms OR old.execution_ms IS NOT new.execution_ms
  OR old.status IS NOT new.status OR old.device_id IS NOT new.device_id) BEGIN
  ${takeEnd}
  ${addEnd}
END;
CREATE TRIGGER tasks_end_removed AFTER DELETE ON tasks WHEN old.ended_ms IS NOT NULL BEGIN
  ${takeEnd}
END;

CREATE TABLE devices (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;
CREATE TABLE counters (
  device_id TEXT PRIMARY KEY,
  completed INTEGER NOT NULL,
  failed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE keys (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;
CREATE TABLE config (id INTEGER PRIMARY KEY CHECK (id = 1), patch TEXT NOT NULL) STRICT;

CREATE TABLE journal (
  last_sequence INTEGER PRIMARY KEY,
  first_sequence INTEGER NOT NULL,
  events TEXT NOT NULL
) STRICT;

CREATE TABLE logs (
  sequence INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  level INTEGER NOT NULL,
  component TEXT NOT NULL,
  device_id TEXT,
  task_id TEXT,
  entry TEXT NOT NULL
) STRICT;
CREATE INDEX logs_info ON logs (sequence) WHERE level >= 1;
CREATE INDEX logs_warning ON logs (sequence) WHERE level >= 2;
CREATE INDEX logs_error ON logs (sequence) WHERE level >= 3;
CREATE INDEX logs_by_component ON logs (component, sequence, level);
CREATE INDEX logs_by_device ON logs (device_id, sequence, level) WHERE device_id IS NOT NULL;
CREATE INDEX logs_by_task ON logs (task_id, sequence, level) WHERE task_id IS NOT NULL;

CREATE TABLE log_spans (
  block INTEGER PRIMARY KEY,
  min_at_ms INTEGER NOT NULL,
  max_at_ms INTEGER NOT NULL
) STRICT;
CREATE TRIGGER logs_spanned AFTER INSERT ON logs BEGIN
  INSERT INTO log_spans VALUES (new.sequence / 1024, new.at_ms, new.at_ms)
    ON CONFLICT DO UPDATE SET
      min_at_ms = min(min_at_ms, excluded.min_at_ms), max_at_ms = max(max_at_ms, excluded.max_at_ms)
    WHERE excluded.min_at_ms < min_at_ms OR excluded.max_at_ms > max_at_ms;
END;
CREATE TRIGGER logs_unspanned AFTER DELETE ON logs BEGIN
  DELETE FROM log_spans WHERE block = old.sequence / 1024 AND NOT EXISTS (
    SELECT 1 FROM logs
      WHERE sequence >= old.sequence / 1024 * 1024 AND sequence < (old.sequence / 1024 + 1) * 1024);
END;

CREATE TABLE metrics (
  resolution TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  device_id TEXT NOT NULL,
  samples INTEGER NOT NULL,
  online_ms INTEGER NOT NULL,
  cpu_avg REAL,
  cpu_peak REAL,
  memory_avg REAL,
  memory_peak REAL,
  storage_avg REAL,
  storage_peak REAL,
  rx_avg REAL,
  tx_avg REAL,
  PRIMARY KEY (resolution, at_ms, device_id)
) STRICT, WITHOUT ROWID;
`

/*
 * The planner's statistics are fixed, not measured, so that a query has one plan, in a store of ten tasks and of ten
 * million: of several filters, the one that names fewest rows is followed (https://www.sqlite.org/optoverview.html §8).
 * The figures: rows of the table, then rows that share the first, the first two, … columns of the index.
 */
const statistics = `
ANALYZE;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('tasks', 'tasks_by_end', '1000000 1'),
  ('tasks', 'tasks_by_batch', '1000000 1000'),
  ('tasks', 'tasks_by_device', '1000000 10000'),
  ('tasks', 'tasks_by_type', '1000000 50000'),
  ('tasks', 'tasks_by_status', '1000000 100000'),
  ('tasks', 'tasks_by_priority', '1000000 250000'),
  ('tasks', 'sqlite_autoindex_tasks_1', '1000000 1'),
  ('logs', 'logs_by_task', '1000000 10 1 1'),
  ('logs', 'logs_by_device', '1000000 10000 1 1'),
  ('logs', 'logs_by_component', '1000000 100000 1 1'),
  ('logs', 'logs_error', '10000 1'),
  ('logs', 'logs_warning', '50000 1'),
  ('logs', 'logs_info', '500000 1'),
  ('metrics', 'metrics', '200000 100000 100 1');
ANALYZE sqlite_schema;
`

/** Makes the tables, and the epoch: Unix milliseconds of this moment. */
export const up = (db: DatabaseSync): void => {
  db.exec(schema)
  db.exec(statistics)
  db.prepare(
    `INSERT INTO meta (name, value) VALUES
      ('epoch', ?), ('last_event_sequence', 0), ('last_task_sequence', 0), ('probed_ms', 0)`,
  ).run(Date.now())
}
