/** Which task repeats which. */
import type { DatabaseSync } from 'node:sqlite'

/** Adds the column, fills it from the records, and makes it searchable. */
export const up = (db: DatabaseSync): void => {
  db.exec(`
    ALTER TABLE tasks ADD COLUMN original_task_id TEXT;
    UPDATE tasks SET original_task_id = json_extract(record, '$.task.original_task_id')
      WHERE json_extract(record, '$.task.original_task_id') IS NOT NULL;
    CREATE INDEX tasks_by_original ON tasks (original_task_id) WHERE original_task_id IS NOT NULL;
    INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('tasks', 'tasks_by_original', '1000000 1');
    ANALYZE sqlite_schema;
  `)
}
