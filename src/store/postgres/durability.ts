/** Whether the database waits for its disk. */
import type { Log } from '../../cluster/ports/log.ts'
import { DatabaseError } from '../database-error.ts'
import type { Run } from './run.ts'

/** The oldest major version that is tried, and served by PostgreSQL's own makers for some time. */
const OLDEST = 15

/** What is lost with each of these off: https://www.postgresql.org/docs/current/runtime-config-wal.html */
const promises = {
  fsync: 'a crash of its machine can destroy the whole database',
  full_page_writes: 'a crash of its machine can destroy the whole database',
  synchronous_commit: 'a crash of it loses what was acknowledged last',
} as const

type Settings = Readonly<
  Record<keyof typeof promises | 'server_encoding' | 'server_version' | 'server_version_num', string>
>

const settingsOf = async (run: Run): Promise<Settings> => {
  const names = [...Object.keys(promises), 'server_encoding', 'server_version', 'server_version_num']
  const { rows } = await run<{ name: string; setting: string }>(
    'SELECT name, setting FROM pg_settings WHERE name = ANY ($1)',
    [names],
  )
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting])) as Settings
}

/**
 * Refuses a server that is too old or keeps no UTF-8, and says loudly what it does not promise: that is its owner's choice,
 * and may be a test's.
 * @param shown - the database as it is called in an error
 * @throws DatabaseError `unfit`
 */
export const inspectServer = async (run: Run, shown: string, log: Log): Promise<void> => {
  const settings = await settingsOf(run)
  if (Number(settings.server_version_num) < OLDEST * 10_000)
    throw new DatabaseError(
      'unfit',
      `the database ${shown} is PostgreSQL ${settings.server_version}: version ${OLDEST} or later is needed`,
    )
  if (settings.server_encoding !== 'UTF8')
    throw new DatabaseError(
      'unfit',
      `the database ${shown} keeps text as ${settings.server_encoding}: make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`,
    )
  for (const [setting, lost] of Object.entries(promises) as [keyof typeof promises, string][])
    if (settings[setting] === 'off')
      log.warn({ database: shown, setting }, `${setting} of PostgreSQL is off: ${lost}; turn it on`)
}
