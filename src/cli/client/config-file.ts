/** Writing the file that keeps the settings of the client. */
import { existsSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StartError, systemCode } from '../failure.ts'
import { type ConfigFile, readConfigFile } from '../options/file.ts'

/** A file that is not there yet is an empty one: the first setting makes it. @throws UsageError where it is no config file */
export const readIfThere = (path: string): ConfigFile =>
  existsSync(path) ? readConfigFile(path) : { path, content: {} }

/** Fields but one. */
export const without = (key: string, fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key))

/** Replaces the file as a whole, so that a crash leaves the old one or the new one; mode 0600, as it may hold a key. */
export const replace = async ({ path, content }: ConfigFile): Promise<void> => {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(temporary, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flush: true })
    await rename(temporary, path)
  } catch (error) {
    throw new StartError(`The file ${path} cannot be written (${systemCode(error) ?? 'unknown'}).`, { cause: error })
  }
}
