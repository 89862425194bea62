/**
 * Moves the state of a cluster from one place to another: copies the files of tasks and then the tables, each in the order of its
 * key, compares both row by row, and makes the copy a cluster. What was broken off goes on with the files that are missing, and
 * behind the last row that was written.
 */
import { createHash } from 'node:crypto'
import { moveFiles } from './files.ts'
import { MoveError } from './move-error.ts'
import type { Pages, Rows, Source, Target } from './place.ts'
import { keyOf, type MovedTable, movedTables, type Row } from './tables.ts'

/** How far a move is: in files first, of which nobody knows how many there are, then in rows. */
export type Progress =
  | { readonly step: 'files'; readonly files: number }
  | { readonly step: 'copied' | 'compared'; readonly rows: number; readonly of: number }

/** A table that is the same in both. */
export type ComparedTable = {
  readonly table: string
  readonly rows: number
  /** SHA-256 of its rows in the order of the key, each as a line of JSON. */
  readonly sha256: string
}

/** A move that is finished. */
export type Moved = {
  readonly epoch: number
  /** Files of tasks. */
  readonly files: number
  readonly tables: readonly ComparedTable[]
}

async function* rowsIn(pages: Pages): AsyncGenerator<Row, undefined> {
  for await (const page of pages) yield* page
  return undefined
}

const countAll = async (rows: Rows): Promise<number> => {
  let all = 0
  for (const table of movedTables) all += await rows.count(table)
  return all
}

/** Compares a table in both, row by row. @throws MoveError `differs` */
export const compare = async (
  table: MovedTable,
  source: Rows,
  target: Rows,
  progress: (rows: number) => void,
): Promise<ComparedTable> => {
  const sum = createHash('sha256')
  const others = rowsIn(target.pages(table))
  let rows = 0
  const refuse = (row: Row) =>
    new MoveError(
      'differs',
      `the copy is not equal to its source in ${table.name} at ${keyOf(table, row).join('/')}: remove the copy, and move it anew`,
    )
  for await (const row of rowsIn(source.pages(table))) {
    const line = JSON.stringify(row)
    const other = await others.next()
    if (other.value === undefined || JSON.stringify(other.value) !== line) throw refuse(row)
    sum.update(`${line}\n`)
    rows += 1
    progress(rows)
  }
  const surplus = await others.next()
  if (surplus.value !== undefined) throw refuse(surplus.value)
  return { table: table.name, rows, sha256: sum.digest('hex') }
}

/**
 * Moves the state, and leaves the source as it is. The copy begins a new epoch: no event id is given twice, and attempts that
 * the source makes later mean nothing to it.
 * @throws MoveError, and what either end throws
 */
export const move = async (source: Source, target: Target, progress: (progress: Progress) => void): Promise<Moved> => {
  const files = await moveFiles(source.files(), await target.files(), (count) =>
    progress({ step: 'files', files: count }),
  )
  const of = await countAll(source)
  let copied = await countAll(target)
  for (const table of movedTables)
    for await (const page of source.pages(table, await target.last(table))) {
      await target.write(table, page)
      copied += page.length
      progress({ step: 'copied', rows: copied, of })
    }

  const tables: ComparedTable[] = []
  let before = 0
  for (const table of movedTables) {
    const compared = await compare(table, source, target, (rows) =>
      progress({ step: 'compared', rows: before + rows, of }),
    )
    tables.push(compared)
    before += compared.rows
  }
  if (!(await source.isUnchanged()))
    throw new MoveError(
      'changed',
      'the source was written to meanwhile: stop its node, remove the copy, and move it anew',
    )
  const epoch = Math.max(Date.now(), source.standing.epoch + 1, target.epoch + 1)
  await target.finish({ ...source.standing, epoch })
  return { epoch, files, tables }
}
