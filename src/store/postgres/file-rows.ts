/** The rows of files, page by page. */
import type { StoredFile } from '../../cluster/ports/files.ts'
import type { Run } from './run.ts'

/** Rows that are read at a time. */
const AT_A_TIME = 500

/** A row of a file; its pieces go by its number. */
export type FileRow = StoredFile & { readonly id: number }

/** All rows of one kind, in the order of their numbers. @param condition - which, as SQL */
export async function* fileRows(run: Run, condition: string): AsyncGenerator<FileRow> {
  for (let after = 0, more = true; more;) {
    const { rows } = await run<FileRow>(
      `SELECT id, sha256, bytes, used_ms FROM files WHERE id > $1 AND ${condition} ORDER BY id LIMIT ${AT_A_TIME}`,
      [after],
    )
    yield* rows
    after = rows.at(-1)?.id ?? after
    more = rows.length === AT_A_TIME
  }
}
