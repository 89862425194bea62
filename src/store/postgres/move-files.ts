/** The files of tasks in a database, as they come from and go to another place. */
import type { Log } from '../../cluster/ports/log.ts'
import type { FileTarget, MovedFile } from '../moving/files.ts'
import type { Readers } from './connection.ts'
import { readPieces } from './pieces.ts'
import { openPostgresFiles } from './postgres-files.ts'
import type { Run } from './run.ts'
import type { Writer } from './writer.ts'

/** Files of which the rows are read at a time. */
const AT_A_TIME = 500

type Row = { readonly id: number; readonly sha256: string; readonly bytes: number; readonly used_ms: number }

/** Its files, which are only read. */
export async function* filesOf(run: Run): AsyncGenerator<MovedFile> {
  for (let after = 0, more = true; more;) {
    const { rows } = await run<Row>(
      `SELECT id, sha256, bytes, used_ms FROM files WHERE id > $1 AND is_whole ORDER BY id LIMIT ${AT_A_TIME}`,
      [after],
    )
    for (const { id, ...file } of rows) yield { ...file, read: () => readPieces(run, id, 0, file.bytes) }
    after = rows.at(-1)?.id ?? after
    more = rows.length === AT_A_TIME
  }
}

/** Its files, to write to. */
export const filesInto = (
  { run }: Pick<Readers, 'run'>,
  { transact }: Pick<Writer, 'transact'>,
  log: Log,
): FileTarget => {
  const { stat, write } = openPostgresFiles({ run, transact, log })
  return {
    stat,
    write,
    setUsed: async ({ sha256, used_ms }) => {
      await run('UPDATE files SET used_ms = $2 WHERE sha256 = $1 AND is_whole', [sha256, used_ms])
    },
  }
}
