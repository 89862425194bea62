/** Which tasks name which files. */
import type { DatabaseSync } from 'node:sqlite'

/** Makes the table, and lets its rows go with their tasks. Tasks that are there already name no files. */
export const up = (db: DatabaseSync): void => {
  db.exec(`
    CREATE TABLE task_artifacts (
      sha256 TEXT NOT NULL,
      sequence INTEGER NOT NULL,
      PRIMARY KEY (sha256, sequence)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX task_artifacts_by_task ON task_artifacts (sequence);
    CREATE TRIGGER task_artifacts_pruned AFTER DELETE ON tasks BEGIN
      DELETE FROM task_artifacts WHERE sequence = old.sequence;
    END;
  `)
}
