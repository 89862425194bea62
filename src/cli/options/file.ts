/** The file of `--config`: one JSON object. */
import { readFileSync } from 'node:fs'
import { systemCode, UsageError } from '../failure.ts'

/** A config file that was read: where it is, and what stands in it. */
export type ConfigFile = { readonly path: string; readonly content: Readonly<Record<string, unknown>> }

/** What is read where no file was named. */
export const noFile: ConfigFile = { path: '', content: {} }

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read by this user',
  EISDIR: 'it is a directory',
}

/** Where in the text JSON.parse gave up. Its message quotes the text, which may hold a secret: only the place is told. */
const place = (error: unknown): string => {
  const found = error instanceof Error ? /line \d+ column \d+/.exec(error.message) : null
  return found === null ? '' : ` (${found[0]})`
}

/** True for a JSON object: neither null nor an array. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads a config file.
 * @throws UsageError where it cannot be read, or is no JSON object
 */
export const readConfigFile = (path: string): ConfigFile => {
  let source: string
  try {
    source = readFileSync(path, 'utf8')
  } catch (error) {
    const code = systemCode(error) ?? 'unknown'
    throw new UsageError(`The config file ${path} cannot be read: ${reasons[code] ?? code}.`, { cause: error })
  }
  let content: unknown
  try {
    // A byte order mark, as Windows editors write it, is no part of the JSON (RFC 8259 §8.1).
    content = JSON.parse(source.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new UsageError(`The config file ${path} is not JSON${place(error)}.`)
  }
  if (!isObject(content)) throw new UsageError(`The config file ${path} must hold one JSON object, { … }.`)
  return { path, content }
}
