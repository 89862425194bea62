/** Several nodes on one database: who they are, and what they know each other by. */
import type { Run } from '../run.ts'

/*
 * Why it looks so:
 * - A member is a process, not a machine: its id is made at its start, and is that of the holder of the lease where it is that.
 * - Secrets are shared by all who may read the database: with the first devices join, with the second nodes and API servers speak
 *   with a node, with the third the worker joins that a node starts itself.
 * - The trigger looks at statements alone that name `holder`: those that take the lease or let go of it. Commits and renewals,
 *   which rewrite the row too, cost nothing.
 */
const tables = `
CREATE TABLE members (
  id text COLLATE "C" PRIMARY KEY,
  host text NOT NULL,
  port integer NOT NULL,
  fingerprint text,
  version text NOT NULL,
  seen timestamptz NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE secrets (name text COLLATE "C" PRIMARY KEY, value text NOT NULL);

CREATE FUNCTION tell_lease() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  NOTIFY retire_cluster_lease;
  RETURN NULL;
END $$;
CREATE TRIGGER tell_lease AFTER UPDATE OF holder ON head FOR EACH ROW
  WHEN (OLD.holder IS DISTINCT FROM NEW.holder) EXECUTE FUNCTION tell_lease();
`

/** Makes them. */
export const up = async (run: Run): Promise<void> => {
  await run(tables)
}
