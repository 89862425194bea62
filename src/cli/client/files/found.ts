/** The files that a command line means: by their names, or by patterns that no shell has expanded. */
import { type Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { systemCode, UsageError } from '../../failure.ts'
import { lastPart } from './names.ts'

/** A file that is meant. */
export type Found = {
  /** Where it is. */
  readonly path: string
  /** What it is called below the part of a pattern that is none: of `photos/**` and `photos/2019/a.jpg`, `2019/a.jpg`. */
  readonly name: string
}

/** What makes a text a pattern. */
const isPattern = (text: string): boolean => /[*?[{]/.test(text)

/** `{a,b}` as the patterns that it stands for; braces within braces too. */
const alternatives = (pattern: string): readonly string[] => {
  const end = pattern.indexOf('}')
  const start = pattern.lastIndexOf('{', end)
  if (end === -1 || start === -1) return [pattern]
  const [before, after] = [pattern.slice(0, start), pattern.slice(end + 1)]
  return pattern
    .slice(start + 1, end)
    .split(',')
    .flatMap((one) => alternatives(`${before}${one}${after}`))
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)

/** A set of characters, `[a-z]` or `[!a-z]`, without its brackets. */
const setOf = (inner: string): string =>
  inner.startsWith('!')
    ? `[^${inner.slice(1).replaceAll(/[\\\]^[]/g, String.raw`\$&`)}]`
    : `[${inner.replaceAll(/[\\\]^[]/g, String.raw`\$&`)}]`

/** One part of a pattern between slashes, as a regular expression: `*`, `?`, `[a-z]`, `[!a-z]`. */
const sourceOf = (part: string): string => {
  let source = ''
  for (let at = 0; at < part.length; at += 1) {
    const character = part.charAt(at)
    const end = character === '[' ? part.indexOf(']', at + 2) : -1
    if (end !== -1) {
      source += setOf(part.slice(at + 1, end))
      at = end
    } else if (character === '*') source += '.*'
    else source += character === '?' ? '.' : escaped(character)
  }
  return source
}

const expressionOf = (part: string): RegExp => {
  try {
    return new RegExp(`^${sourceOf(part)}$`, 's')
  } catch (error) {
    throw new UsageError(`${part} is no pattern: a set such as [z-a] has no characters.`, { cause: error })
  }
}

/** Whether a name is meant by a part of a pattern, as a shell has it: what begins with a dot is named, or not meant. */
const matcherOf = (part: string): ((name: string) => boolean) => {
  const expression = expressionOf(part)
  return (name) => (part.startsWith('.') || !name.startsWith('.')) && expression.test(name)
}

const entriesOf = async (directory: string): Promise<readonly Dirent[]> => {
  try {
    const entries = await readdir(directory === '' ? '.' : directory, { withFileTypes: true })
    return entries.sort((one, other) => (one.name < other.name ? -1 : 1))
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return []
    throw new UsageError(`The directory ${directory} cannot be read (${systemCode(error) ?? 'unknown'}).`, {
      cause: error,
    })
  }
}

/** Whether there is a file, or a link that leads to one. */
export const isFile = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isFile()
  } catch {
    // A link that leads nowhere is no file.
    return false
  }
}

/** The files below a directory that the parts of a pattern mean, in the order of their names. */
async function* matching(directory: string, name: string, parts: readonly string[]): AsyncGenerator<Found> {
  const [part = '', ...rest] = parts
  if (part === '**') yield* matching(directory, name, rest)
  const matches = part === '**' ? matcherOf('*') : matcherOf(part)
  for (const entry of await entriesOf(directory)) {
    if (!matches(entry.name)) continue
    const below = { path: join(directory, entry.name), name: name === '' ? entry.name : `${name}/${entry.name}` }
    // `**` does not go through links: they may lead round in a circle.
    if (part === '**') {
      if (entry.isDirectory()) yield* matching(below.path, below.name, parts)
    } else if (rest.length > 0) yield* matching(below.path, below.name, rest)
    else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(below.path)))) yield below
  }
}

async function* meantBy(pattern: string): AsyncGenerator<Found> {
  const parts = pattern.split('/')
  // Where braces alone made it a pattern, none of its parts is one.
  const first = parts.some(isPattern) ? parts.findIndex(isPattern) : parts.length - 1
  const plain = parts.slice(0, first).join('/')
  yield* matching(first > 0 && plain === '' ? '/' : plain, '', parts.slice(first))
}

const plainFile = async (path: string): Promise<Found | undefined> => {
  try {
    const found = await stat(path)
    if (found.isDirectory()) throw new UsageError(`${path} is a directory; name its files, such as '${path}/*'.`)
    return { path, name: lastPart(path) }
  } catch (error) {
    if (error instanceof UsageError) throw error
    const code = systemCode(error)
    // EINVAL: Windows, of a name with an asterisk.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'EINVAL') return undefined
    throw new UsageError(`The file ${path} cannot be read (${code ?? 'unknown'}).`, { cause: error })
  }
}

const foundBy = async (written: string): Promise<readonly Found[]> => {
  // A file may be called like a pattern: then it is that file.
  const plain = await plainFile(written)
  if (plain !== undefined) return [plain]
  const all: Found[] = []
  if (isPattern(written))
    for (const pattern of alternatives(written)) for await (const found of meantBy(pattern)) all.push(found)
  if (all.length === 0) throw new UsageError(`There is no file ${written}.`)
  return all
}

/**
 * The files that arguments name, each once.
 * @throws UsageError where one names none
 */
export const findFiles = async (args: readonly string[]): Promise<readonly Found[]> => {
  const byPath = new Map<string, Found>()
  for (const written of args)
    for (const found of await foundBy(sep === '/' ? written : written.replaceAll(sep, '/')))
      if (!byPath.has(found.path)) byPath.set(found.path, found)
  return [...byPath.values()]
}
