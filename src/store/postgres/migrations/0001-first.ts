/** The first schema of PostgreSQL: what SQLite holds after its first seven. */
import type { Run } from '../run.ts'
import { commit, lease, triggers } from './0001-functions.ts'

/*
 * Why it looks so:
 * - The one row of `head` is rewritten by every commit: who may write (the lease), how many commits there are, by which a
 *   commit whose answer was lost is found again, and the highest sequences. One row costs one update.
 * - Records, events and payloads are `text`: JSON may hold \u0000 and lone surrogates, which `json` reads only as long as
 *   nothing is taken out of it, and `jsonb` not at all. What is asked for stands in columns of its own.
 * - An index by which a listing is filtered ends in the sequence, so that a page is read in order, without sorting.
 * - since and until are instants, but the order is the sequence: blocks of 1,024 sequences tell where to look, as in SQLite.
 * - Long payloads need no table of their own: they are moved out of the row (TOAST), and an update leaves them where they are.
 * - The sums are kept by triggers for each statement, not for each row: a commit has one statement for all of its tasks. What
 *   has become zero is removed by retention.
 * - Rows that are rewritten at every commit have room in their page, so that no index has to follow (HOT).
 */
const tables = `
CREATE TABLE meta (name text PRIMARY KEY, value bigint NOT NULL);

CREATE TABLE head (
  id integer PRIMARY KEY CHECK (id = 1),
  holder text,
  term bigint NOT NULL,
  until timestamptz NOT NULL,
  commits bigint NOT NULL,
  last_task_sequence bigint NOT NULL,
  last_event_sequence bigint NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CREATE TABLE tasks (
  sequence bigint PRIMARY KEY,
  task_id text COLLATE "C" NOT NULL UNIQUE,
  status text COLLATE "C" NOT NULL,
  device_id text COLLATE "C",
  task_type text COLLATE "C" NOT NULL,
  priority text COLLATE "C" NOT NULL,
  batch_id text COLLATE "C",
  original_task_id text COLLATE "C",
  created_ms bigint NOT NULL,
  ended_ms bigint,
  execution_ms bigint,
  record text NOT NULL,
  payload text NOT NULL,
  artifacts text
) WITH (fillfactor = 80);
CREATE INDEX tasks_by_status ON tasks (status, sequence);
CREATE INDEX tasks_by_device ON tasks (device_id, sequence) WHERE device_id IS NOT NULL;
CREATE INDEX tasks_by_type ON tasks (task_type, sequence);
CREATE INDEX tasks_by_priority ON tasks (priority, sequence);
CREATE INDEX tasks_by_batch ON tasks (batch_id, sequence) WHERE batch_id IS NOT NULL;
CREATE INDEX tasks_by_end ON tasks (ended_ms) WHERE ended_ms IS NOT NULL;
CREATE INDEX tasks_by_original ON tasks (original_task_id) WHERE original_task_id IS NOT NULL;

CREATE TABLE task_artifacts (
  sha256 text COLLATE "C" NOT NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (sha256, sequence)
);
CREATE INDEX task_artifacts_by_task ON task_artifacts (sequence);

CREATE TABLE task_counts (
  status text COLLATE "C" NOT NULL,
  device_id text COLLATE "C" NOT NULL,
  task_type text COLLATE "C" NOT NULL,
  priority text COLLATE "C" NOT NULL,
  tasks bigint NOT NULL,
  PRIMARY KEY (status, device_id, task_type, priority)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CREATE TABLE task_spans (
  block bigint PRIMARY KEY,
  min_created_ms bigint NOT NULL,
  max_created_ms bigint NOT NULL,
  pending bigint NOT NULL,
  running bigint NOT NULL,
  completed bigint NOT NULL,
  failed bigint NOT NULL,
  cancelled bigint NOT NULL,
  bytes bigint NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CREATE TABLE task_ends (
  hour_ms bigint NOT NULL,
  device_id text COLLATE "C" NOT NULL,
  task_type text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL,
  tasks bigint NOT NULL,
  execution_ms bigint NOT NULL,
  PRIMARY KEY (hour_ms, device_id, task_type, status)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CREATE TABLE devices (id text COLLATE "C" PRIMARY KEY, record text NOT NULL) WITH (fillfactor = 50);
CREATE TABLE counters (
  device_id text COLLATE "C" PRIMARY KEY,
  completed bigint NOT NULL,
  failed bigint NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE keys (id text COLLATE "C" PRIMARY KEY, record text NOT NULL);
CREATE TABLE join_tokens (id text COLLATE "C" PRIMARY KEY, record text NOT NULL);
CREATE TABLE revocations (
  credential_hash text COLLATE "C" PRIMARY KEY,
  device_id text NOT NULL,
  removed_ms bigint NOT NULL,
  node_token_hash text NOT NULL
);
CREATE TABLE config (id integer PRIMARY KEY CHECK (id = 1), patch text NOT NULL);

CREATE TABLE journal (
  last_sequence bigint PRIMARY KEY,
  first_sequence bigint NOT NULL,
  at_ms bigint NOT NULL,
  events text NOT NULL
);

CREATE TABLE logs (
  sequence bigint PRIMARY KEY,
  at_ms bigint NOT NULL,
  level integer NOT NULL,
  component text COLLATE "C" NOT NULL,
  device_id text COLLATE "C",
  task_id text COLLATE "C",
  entry text NOT NULL
);
CREATE INDEX logs_info ON logs (sequence) WHERE level >= 1;
CREATE INDEX logs_warning ON logs (sequence) WHERE level >= 2;
CREATE INDEX logs_error ON logs (sequence) WHERE level >= 3;
CREATE INDEX logs_by_component ON logs (component, sequence);
CREATE INDEX logs_by_device ON logs (device_id, sequence) WHERE device_id IS NOT NULL;
CREATE INDEX logs_by_task ON logs (task_id, sequence) WHERE task_id IS NOT NULL;
CREATE TABLE log_spans (
  block bigint PRIMARY KEY,
  min_at_ms bigint NOT NULL,
  max_at_ms bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE audit (
  sequence bigint PRIMARY KEY,
  at_ms bigint NOT NULL,
  key_id text COLLATE "C",
  operation text COLLATE "C" NOT NULL,
  hash text NOT NULL,
  entry text NOT NULL
);
CREATE TABLE audit_anchor (id integer PRIMARY KEY CHECK (id = 1), sequence bigint NOT NULL, hash text NOT NULL);

CREATE TABLE metrics (
  resolution text COLLATE "C" NOT NULL,
  at_ms bigint NOT NULL,
  device_id text COLLATE "C" NOT NULL,
  samples bigint NOT NULL,
  online_ms bigint NOT NULL,
  cpu_avg double precision,
  cpu_peak double precision,
  memory_avg double precision,
  memory_peak double precision,
  storage_avg double precision,
  storage_peak double precision,
  rx_avg double precision,
  tx_avg double precision,
  PRIMARY KEY (resolution, at_ms, device_id)
);
CREATE INDEX metrics_by_device ON metrics (device_id);

CREATE TABLE idempotency (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  caller text COLLATE "C" NOT NULL,
  path text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  at_ms bigint NOT NULL,
  body_hash text NOT NULL,
  answer text NOT NULL,
  UNIQUE (caller, path, key)
);
CREATE INDEX idempotency_by_age ON idempotency (at_ms);
`

/** Makes the tables, and the epoch: Unix milliseconds of this moment, by the clock of the program as with SQLite. */
export const up = async (run: Run): Promise<void> => {
  for (const part of [tables, triggers, lease, commit]) await run(part)
  await run(`INSERT INTO meta (name, value) VALUES ('epoch', $1), ('probed_ms', 0)`, [Date.now()])
  await run(`INSERT INTO head VALUES (1, NULL, 0, '-infinity', 0, 0, 0)`)
}
