/** JSON on the command line: as it is, from a file, or from the standard input. */
import { readFile } from 'node:fs/promises'
import { text as readStream } from 'node:stream/consumers'
import { systemCode, UsageError } from '../failure.ts'
import { isObject } from '../options/file.ts'

const loadFile = async (flag: string, path: string): Promise<string> => {
  if (path === '-') return readStream(process.stdin)
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${flag}: the file ${path} cannot be read (${systemCode(error) ?? 'unknown'}).`, {
      cause: error,
    })
  }
}

const load = async (flag: string, written: string): Promise<string> => {
  if (written === '-') return loadFile(flag, '-')
  return written.startsWith('@') ? loadFile(flag, written.slice(1)) : written
}

const objectOf = (what: string, source: string, advice = ''): Record<string, unknown> => {
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${what} is not JSON: ${reason}.${advice}`, { cause: error })
  }
  if (!isObject(value)) throw new UsageError(`${what} must be a JSON object, { … }.`)
  return value
}

/**
 * The JSON object that a flag names: `{…}`, `@FILE`, or `-` for the standard input.
 * @throws UsageError
 */
export const readObject = async (flag: string, written: string): Promise<Record<string, unknown>> =>
  objectOf(flag, await load(flag, written), ' In most shells, put it in single quotes.')

/**
 * The JSON objects of a file, one a line (https://jsonlines.org); `-` stands for the standard input. Empty lines are passed over.
 * @throws UsageError naming the first bad line
 */
export const readObjects = async (flag: string, path: string): Promise<readonly Record<string, unknown>[]> => {
  const lines = (await loadFile(flag, path)).replace(/^\uFEFF/, '').split('\n')
  return lines.flatMap((line, index) => (line.trim() === '' ? [] : [objectOf(`${flag}: line ${index + 1}`, line)]))
}
