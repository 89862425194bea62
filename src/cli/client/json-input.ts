/** JSON on the command line: as it is, from a file, or from the standard input. */
import { readFile } from 'node:fs/promises'
import { text as readStream } from 'node:stream/consumers'
import { systemCode, UsageError } from '../failure.ts'
import { isObject } from '../options/file.ts'

const load = async (flag: string, written: string): Promise<string> => {
  if (written === '-') return readStream(process.stdin)
  if (!written.startsWith('@')) return written
  try {
    return await readFile(written.slice(1), 'utf8')
  } catch (error) {
    throw new UsageError(`${flag}: the file ${written.slice(1)} cannot be read (${systemCode(error) ?? 'unknown'}).`, {
      cause: error,
    })
  }
}

/**
 * The JSON object that a flag names: `{…}`, `@FILE`, or `-` for the standard input.
 * @throws UsageError
 */
export const readObject = async (flag: string, written: string): Promise<Record<string, unknown>> => {
  const source = await load(flag, written)
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${flag} is not JSON: ${reason}. In most shells, put it in single quotes.`, { cause: error })
  }
  if (!isObject(value)) throw new UsageError(`${flag} must be a JSON object, { … }.`)
  return value
}
