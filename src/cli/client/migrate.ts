/** `retire-cluster migrate`: the state of a stopped node goes to PostgreSQL, or from there into a data directory. */
import { resolve } from 'node:path'
import type { Log } from '../../cluster/ports/log.ts'
import { StoreError } from '../../cluster/ports/store.ts'
import { databaseOf } from '../../store/elsewhere.ts'
import { moveBeside } from '../../store/moving/beside.ts'
import { moveFromDirectory } from '../../store/moving/from-directory.ts'
import { type ComparedTable, type Moved, move } from '../../store/moving/move.ts'
import type { Source, Target } from '../../store/moving/place.ts'
import { moveToDirectory } from '../../store/moving/to-directory.ts'
import { isDatabaseUrl, shownAddress } from '../../store/postgres/address.ts'
import { asSentence, StartError, UsageError } from '../failure.ts'
import { optional } from '../options/flag.ts'
import { parsed, secret, text } from '../options/readers.ts'
import { worded } from '../server/known-failures.ts'
import { keptFiles } from '../server/tokens.ts'
import { command as declareCommand } from './command.ts'
import { nodeDirectory } from './node-directory.ts'
import { type Column, type Output, printList } from './output.ts'
import { movingTold } from './moving-told.ts'
import { counted } from './presentation.ts'

/** One end of the move. */
type End = { readonly database: string } | { readonly dataDir: string }

const endOf = (written: string): End | undefined => {
  if (isDatabaseUrl(written)) return { database: written }
  // Of another kind of URL no directory is made.
  return written === '' || written.includes('://') ? undefined : { dataDir: resolve(written) }
}
// A database URL may bear a password, so that a wrong one is not shown either.
const end = secret(parsed('DIR|URL', endOf, 'a data directory, or a URL such as postgres://user@host/name'))

const shown = (end: End): string => ('database' in end ? shownAddress(end.database) : end.dataDir)

const openSource = async (from: End): Promise<Source> => {
  if ('dataDir' in from) return moveFromDirectory(from.dataDir)
  const { moveFromDatabase } = await import('../../store/postgres/move-from.ts')
  return moveFromDatabase(from.database)
}

const openTarget = async (to: End, mark: number, log: Log): Promise<Target> => {
  if ('dataDir' in to) return moveToDirectory(to.dataDir, mark, log)
  const { moveToDatabase } = await import('../../store/postgres/move-to.ts')
  return moveToDatabase(to.database, mark, log)
}

/** What the stores warn of is a remark; what they tell else is not for here. */
const remarking = (output: Output): Log => ({
  debug: () => undefined,
  info: () => undefined,
  warn: (_fields, message) => output.note(`${message}\n`),
  error: (_fields, message) => output.note(`${message}\n`),
})

const columns: readonly Column<ComparedTable>[] = [
  { name: 'table', of: ({ table }) => table },
  { name: 'rows', of: ({ rows }) => rows },
  { name: 'sha256', of: ({ sha256 }) => sha256 },
]

const moveAll = async (from: End, to: End, beside: string | undefined, output: Output): Promise<Moved> => {
  const source = await openSource(from)
  try {
    const target = await openTarget(to, source.mark, remarking(output))
    const { progress, end } = movingTold(output)
    try {
      // Before the state is a cluster: what is broken off meanwhile is gone on with too.
      if (beside !== undefined && 'dataDir' in to) await moveBeside(beside, to.dataDir, keptFiles)
      return await move(source, target, progress)
    } finally {
      end()
      await target.close()
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const sentence = asSentence(error.message)
    throw new StartError(`${sentence} Run the same command again: it goes on where it stopped.`, { cause: error })
  } finally {
    await source.close()
  }
}

/** The data directory whose secrets go to the new one; undefined where they are there, or nobody knows of one. */
const besideOf = (from: End, to: End, named: string | undefined, usual: string): string | undefined => {
  if ('dataDir' in from || 'database' in to) {
    if (named !== undefined) throw new UsageError('--data-dir goes with a move from a database to a directory.')
    return undefined
  }
  const dataDir = resolve(named ?? usual)
  const known = databaseOf(dataDir)
  if (named !== undefined && known === undefined)
    throw new UsageError(`${dataDir} is not the data directory of a node whose state is in a database.`)
  const isTheirs = named !== undefined || known === shownAddress(from.database)
  return isTheirs && dataDir !== to.dataDir ? dataDir : undefined
}

const remarkAfter = (to: End, beside: string | undefined): string => {
  const what = keptFiles.join(', ')
  if ('database' in to)
    return `Start the node with --database, in the data directory of before: ${what} stay there, and go to another machine by hand.\n`
  const copied =
    beside === undefined
      ? `What else a node needs is not in the database: where ${what} are not in ${to.dataDir} yet, copy them there from the data directory of before.`
      : `Tokens and the TLS key were copied from ${beside}.`
  return `${copied} Start the node with --data-dir ${to.dataDir}, and without --database.\n`
}

/** The command. */
export const command = declareCommand({
  name: 'migrate',
  summary: 'Move the state of a cluster to PostgreSQL, or from there into a data directory.',
  flags: {
    from: optional(
      end,
      'Where the state is: the data directory of a node, or postgres://user@host/name. It is only read.',
    ),
    to: optional(
      end,
      'Where it goes: an empty database, or a directory without a cluster. A password is better in the variable, PGPASSWORD or ~/.pgpass.',
    ),
    data_dir: optional(
      text('DIR'),
      'From a database: data directory of the node that used it, whose tokens and TLS key are copied to the new one.',
      '$RETIRE_CLUSTER_DATA_DIR, else $XDG_DATA_HOME/retire-cluster, where its state is in that database',
    ),
  },
  examples: [
    'retire-cluster migrate --from /srv/retire-cluster --to postgres://cluster@db.example/cluster',
    'retire-cluster migrate --from postgres://cluster@db.example/cluster --to /srv/retire-cluster-again',
  ],
  isLocal: true,
  run: ({ output, environment }, { from, to, data_dir }) =>
    worded(async () => {
      if (from === undefined || to === undefined) throw new UsageError('--from and --to are both needed.')
      if ('database' in from === 'database' in to)
        throw new UsageError(
          'One of --from and --to is a database, the other a directory; a database is copied with pg_dump, a directory by retire-cluster backup.',
        )
      const beside = besideOf(from, to, data_dir, nodeDirectory(environment))
      const began = performance.now()
      const { epoch, tables, files } = await moveAll(from, to, beside, output)
      const duration_seconds = Math.round(performance.now() - began) / 1000
      const rows = tables.reduce((sum, table) => sum + table.rows, 0)
      const whole = { from: shown(from), to: shown(to), epoch, rows, files }
      await printList(output, { whole: { ...whole, duration_seconds, tables }, rows: tables, columns })
      output.note(
        `All ${rows} rows are equal, and ${counted(files, 'file of tasks is', 'files of tasks are')} there. ${remarkAfter(to, beside)}`,
      )
    }),
})
