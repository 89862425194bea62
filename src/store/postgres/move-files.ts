/** The files of tasks in a database, as they come from and go to another place. */
import type { Log } from '../../cluster/ports/log.ts'
import type { FileTarget, MovedFile } from '../moving/files.ts'
import type { Readers } from './connection.ts'
import { fileRows } from './file-rows.ts'
import { readPieces } from './pieces.ts'
import { openPostgresFiles } from './postgres-files.ts'
import type { Run } from './run.ts'
import type { Writer } from './writer.ts'

/** Its files, which are only read. */
export async function* filesOf(run: Run): AsyncGenerator<MovedFile> {
  for await (const { id, ...file } of fileRows(run, 'is_whole'))
    yield { ...file, read: () => readPieces(run, id, 0, file.bytes) }
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
