/** The mark of a data directory whose state is in a database: without it a start that names none would begin a new cluster. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { syncDirectory } from './durable.ts'
import { ELSEWHERE } from './file-names.ts'

/** The address of the database that has the state, without secrets; undefined where the state is in the directory. */
export const databaseOf = (dataDir: string): string | undefined => {
  const path = join(dataDir, ELSEWHERE)
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined
}

/**
 * Marks a directory.
 * @param shown - the address of the database, without secrets
 */
export const markElsewhere = (dataDir: string, shown: string): void => {
  if (databaseOf(dataDir) === shown) return
  writeFileSync(join(dataDir, ELSEWHERE), `${shown}\n`, { mode: 0o600, flush: true })
  syncDirectory(dataDir)
}

/** The state is in the directory again. */
export const unmarkElsewhere = (dataDir: string): void => {
  rmSync(join(dataDir, ELSEWHERE), { force: true })
  syncDirectory(dataDir)
}
