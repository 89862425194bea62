/** A data directory that the state of another place goes to: into a file of its own, which becomes the database at the end. */
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Log } from '../../cluster/ports/log.ts'
import { checkpoints } from '../checkpoints.ts'
import { openDatabase } from '../database.ts'
import { syncDirectory, syncFile } from '../durable.ts'
import { unmarkElsewhere } from '../elsewhere.ts'
import { companions, DATABASE, MOVING } from '../file-names.ts'
import { bytesOf, openUnchanged } from '../inspection.ts'
import { lockDirectory } from '../lock.ts'
import { LONG_PAYLOAD } from '../tasks.ts'
import { type Transact, transactions } from '../transaction.ts'
import { filesTo } from './files.ts'
import { begunFromAnother, notEmpty } from './move-error.ts'
import type { Standing, Target } from './place.ts'
import { metaOf, sqliteRows } from './sqlite-rows.ts'
import { type MovedName, type MovedTable, movedTables, type Row, rowOf } from './tables.ts'

/** SQLite answers at once; the other end does not. */
const promised = <T>(work: () => T): Promise<T> => new Promise((resolve) => resolve(work()))

/** The mark of the source that a half-written file has begun from; undefined where it has none, or there is no such file. */
const markIn = (path: string): number | undefined => {
  if (bytesOf(path) === 0) return undefined
  const db = openUnchanged(path)
  try {
    const hasMeta = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'meta'`).get() !== undefined
    return hasMeta ? metaOf(db, 'moving') : undefined
  } finally {
    db.close()
  }
}

/** A function that writes rows. Call it inside a transaction. */
const writing = (db: DatabaseSync): ((table: MovedTable, rows: readonly Row[]) => void) => {
  const inserts = new Map<MovedName, StatementSync>()
  for (const { name, columns } of movedTables)
    inserts.set(name, db.prepare(`INSERT INTO ${name} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`))
  const insertPayload = db.prepare('INSERT INTO task_payloads (sequence, payload) VALUES (?, ?)')

  /** A task whose long payload gets a row of its own. */
  const shortened = ({ columns }: MovedTable, row: Row): Row => {
    const at = columns.indexOf('payload')
    const payload = row[at]
    if (typeof payload !== 'string' || payload.length <= LONG_PAYLOAD) return row
    insertPayload.run(row[columns.indexOf('sequence')] ?? null, payload)
    return row.with(at, null)
  }

  return (table, rows) => {
    const insert = inserts.get(table.name)
    for (const row of rows) insert?.run(...(table.name === 'tasks' ? shortened(table, row) : row))
  }
}

const finish = (transact: Transact, db: DatabaseSync, standing: Standing): void => {
  const set = db.prepare('UPDATE meta SET value = ? WHERE name = ?')
  const { epoch, lastTaskSequence, lastEventSequence } = standing
  transact(() => {
    set.run(epoch, 'epoch')
    set.run(lastTaskSequence, 'last_task_sequence')
    set.run(lastEventSequence, 'last_event_sequence')
    db.exec(`DELETE FROM meta WHERE name = 'moving'`)
  })
}

/**
 * Opens a data directory to write to it, or to go on with what was begun there from the source with this mark.
 * @throws MoveError `not-empty` or `another`, DataDirectoryError where the directory cannot be used
 */
export const moveToDirectory = (dataDir: string, mark: number, log: Log): Target => {
  const path = join(dataDir, DATABASE)
  const unfinished = join(dataDir, MOVING)
  const lock = lockDirectory(dataDir)
  let db: DatabaseSync | undefined
  try {
    if (bytesOf(path) > 0) throw notEmpty(dataDir, `name another directory, or move ${DATABASE} out of it`)
    const begun = markIn(unfinished)
    if (begun !== undefined && begun !== mark) throw begunFromAnother(dataDir, `remove ${unfinished}`)
    // Broken off before it had begun, or between its last write and its name: it is made anew.
    if (begun === undefined) for (const suffix of ['', ...companions]) rmSync(`${unfinished}${suffix}`, { force: true })
    const opened = openDatabase(unfinished, log)
    db = opened
    const transact = transactions(opened, checkpoints(opened))
    if (begun === undefined)
      transact(() => void opened.prepare(`INSERT INTO meta (name, value) VALUES ('moving', ?)`).run(mark))
    const write = writing(opened)
    return {
      ...sqliteRows(opened),
      epoch: metaOf(opened, 'epoch') ?? 0,
      last: (table) => {
        const order = table.key.map((column) => `${column} DESC`).join()
        const found = opened.prepare(`SELECT ${table.key.join()} FROM ${table.name} ORDER BY ${order} LIMIT 1`).get()
        return Promise.resolve(found && rowOf({ ...table, columns: table.key }, found))
      },
      write: (table, rows) => promised(() => transact(() => write(table, rows))),
      files: () => filesTo(dataDir),
      finish: (standing) =>
        promised(() => {
          finish(transact, opened, standing)
          opened.close()
          syncFile(unfinished)
          renameSync(unfinished, path)
          syncDirectory(dataDir)
          unmarkElsewhere(dataDir)
        }),
      close: () =>
        promised(() => {
          if (opened.isOpen) opened.close()
          lock.release()
        }),
    }
  } catch (error) {
    db?.close()
    lock.release()
    throw error
  }
}
