/** The files of tasks in the database: several nodes have no disk in common. */
import type { Run } from '../run.ts'

/*
 * Why it looks so:
 * - A file is a row, and pieces of one size, so that a range is found by its number, and one piece at a time is in memory.
 * - `sha256` is null on its way to a name, and of what was removed: its pieces go later, a few at a time.
 * - `owner` is who writes its pieces: a node that was deposed in the midst of it adds none to what another one goes on with.
 * - Pieces are not compressed: most files are already, and a range would need all of its piece all the same.
 */
const tables = `
CREATE TABLE files (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sha256 text COLLATE "C",
  is_whole boolean NOT NULL DEFAULT false,
  bytes bigint NOT NULL DEFAULT 0,
  used_ms bigint NOT NULL,
  owner text NOT NULL
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX files_by_name ON files (sha256, is_whole) WHERE sha256 IS NOT NULL;
CREATE INDEX files_without_name ON files (id) WHERE sha256 IS NULL;
CREATE TABLE file_pieces (
  file bigint NOT NULL REFERENCES files,
  number integer NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (file, number)
);
ALTER TABLE file_pieces ALTER COLUMN bytes SET STORAGE EXTERNAL;
`

/** Makes them. */
export const up = async (run: Run): Promise<void> => {
  await run(tables)
}
