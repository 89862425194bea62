/** Answers that are kept under their idempotency keys. */
import type { DatabaseSync } from 'node:sqlite'

/** Makes the table. */
export const up = (db: DatabaseSync): void => {
  db.exec(`
    CREATE TABLE idempotency (
      id INTEGER PRIMARY KEY,
      caller TEXT NOT NULL,
      path TEXT NOT NULL,
      key TEXT NOT NULL,
      at_ms INTEGER NOT NULL,
      body_hash TEXT NOT NULL,
      answer TEXT NOT NULL,
      UNIQUE (caller, path, key)
    ) STRICT;
    CREATE INDEX idempotency_by_age ON idempotency (at_ms);
  `)
}
