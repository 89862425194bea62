/** The audit log, and where its chain goes on from once its oldest lines have aged out. */
import type { DatabaseSync } from 'node:sqlite'

/** Makes the tables. */
export const up = (db: DatabaseSync): void => {
  db.exec(`
    CREATE TABLE audit (
      sequence INTEGER PRIMARY KEY,
      at_ms INTEGER NOT NULL,
      key_id TEXT,
      operation TEXT NOT NULL,
      entry TEXT NOT NULL
    ) STRICT;
    CREATE TABLE audit_anchor (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      sequence INTEGER NOT NULL,
      hash TEXT NOT NULL
    ) STRICT;
  `)
}
