/** Tokens with which devices join, and the credentials of those that were removed. */
import type { DatabaseSync } from 'node:sqlite'

/** Makes the tables. */
export const up = (db: DatabaseSync): void => {
  db.exec(`
    CREATE TABLE join_tokens (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE revocations (
      credential_hash TEXT PRIMARY KEY,
      device_id TEXT NOT NULL,
      removed_ms INTEGER NOT NULL,
      node_token_hash TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `)
}
