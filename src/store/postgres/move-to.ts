/** A PostgreSQL database that the state of another place goes to, under the lease of a node. */
import type { Log } from '../../cluster/ports/log.ts'
import { begunFromAnother, notEmpty } from '../moving/move-error.ts'
import type { Target } from '../moving/place.ts'
import { movedTables } from '../moving/tables.ts'
import { shownAddress } from './address.ts'
import { openForFiles, openReaders, SCHEMA } from './connection.ts'
import { refusal } from './database-refusal.ts'
import { filesInto } from './move-files.ts'
import { insertRows, lastKey, postgresRows } from './move-rows.ts'
import type { Run } from './run.ts'
import { giveBack, takeDatabase, type TakenDatabase } from './take-database.ts'
import { holderName, holding, openWriter } from './writer.ts'

const REMEDY = `DROP SCHEMA ${SCHEMA} CASCADE`

const metaOf = async (run: Run, name: string): Promise<number | undefined> =>
  (await run<{ value: number }>('SELECT value FROM meta WHERE name = $1', [name])).rows[0]?.value

const isEmpty = async (run: Run): Promise<boolean> => {
  const some = movedTables.map(({ name }) => `EXISTS (SELECT FROM ${name})`).join(' OR ')
  return (await run<{ some: boolean }>(`SELECT ${some} AS some`)).rows[0]?.some === false
}

/**
 * Opens a database to write to it, or to go on with what was begun there from the source with this mark.
 * @throws MoveError `not-empty` or `another`, DatabaseError where the database cannot be used
 */
export const moveToDatabase = async (url: string, mark: number, log: Log): Promise<Target> => {
  const shown = shownAddress(url)
  const holder = holderName()
  let taken: TakenDatabase | undefined
  try {
    taken = await takeDatabase(url, shown, holder, log)
    const { connection, lease } = taken
    const { run } = connection
    const begun = await metaOf(run, 'moving')
    if (begun !== undefined && begun !== mark) throw begunFromAnother(`the database ${shown}`, REMEDY)
    if (begun === undefined && !(await isEmpty(run)))
      throw notEmpty(`the database ${shown}`, `name an empty one, or empty it by ${REMEDY}`)
    if (begun === undefined) await run(`INSERT INTO meta (name, value) VALUES ('moving', $1)`, [mark])
    const epoch = (await metaOf(run, 'epoch')) ?? 0
    // What is to be written next is told that nothing can be any more.
    const writer = openWriter(
      { url, shown, holder, log, onBroken: () => undefined },
      holding(connection, lease, performance.now()),
    )
    const readers = openReaders(url)
    const pieces = openForFiles(url)
    return {
      ...postgresRows(readers.run),
      epoch,
      last: (table) => lastKey(readers.run, table),
      write: (table, rows) => writer.transact((run) => insertRows(run, table, rows)),
      files: () => Promise.resolve(filesInto(pieces, writer, log)),
      finish: (standing) =>
        writer.transact(async (run) => {
          await run(`UPDATE meta SET value = $1 WHERE name = 'epoch'`, [standing.epoch])
          await run('UPDATE head SET last_task_sequence = $1, last_event_sequence = $2', [
            standing.lastTaskSequence,
            standing.lastEventSequence,
          ])
          await run(`DELETE FROM meta WHERE name = 'moving'`)
        }),
      close: async () => {
        await writer.close()
        await Promise.all([readers.end(), pieces.end()])
      },
    }
  } catch (cause) {
    if (taken !== undefined) await giveBack(taken)
    throw refusal(shown, cause)
  }
}
