/** Four layers give a flag its value: the command line, a variable, the config file, the default; the first that names it. */
import { UsageError } from '../failure.ts'
import type { ConfigFile } from './file.ts'
import {
  type Environment,
  fileKey,
  type Flag,
  flagName,
  type Flags,
  type Scope,
  type Values,
  variableName,
} from './flag.ts'
import { didYouMean } from './nearest.ts'
import { BadValue } from './readers.ts'

/** Where a value comes from. */
export type Source = 'flag' | 'variable' | 'file' | 'default'

/** The four layers. */
export type Layers = {
  /** The occurrences of each flag on the command line, by key; a flag that takes no value has an empty list. */
  readonly given: Readonly<Record<string, readonly string[]>>
  readonly environment: Environment
  readonly file: ConfigFile
  readonly scope?: Scope
}

/** Values, and where each comes from. */
export type Resolved<F extends Flags> = {
  readonly values: Values<F>
  readonly sources: { readonly [K in keyof F]: Source }
}

/** Reads a value; a bad one becomes one sentence that names the place. `shown` is the value as it was written. */
const reading = <T>(where: string, shown: string | null, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof BadValue)) throw error
    throw new UsageError(`${where}${shown === null ? '' : ` is ${shown}, but it`} must be ${error.message}.`)
  }
}

const readFlag = <T>(key: string, flag: Flag<T>, layers: Layers): { value: T; source: Source } => {
  const { reader } = flag
  const { given, environment, file, scope } = layers
  const shown = (value: unknown) => (reader.secret ? null : JSON.stringify(value))

  const occurrences = given[key]
  if (occurrences !== undefined) {
    const value = reading(flagName(key), shown(occurrences.at(-1)), () => reader.fromFlag(occurrences))
    return { value, source: 'flag' }
  }
  const name = variableName(key, scope)
  const variable = environment[name]
  // An empty variable counts as absent: `X=${Y:-}` in a compose file or a unit means that.
  if (variable !== undefined && variable !== '')
    return { value: reading(name, shown(variable), () => reader.fromVariable(variable)), source: 'variable' }
  const inFile = fileKey(key, scope)
  if (flag.inFile && Object.hasOwn(file.content, inFile)) {
    const written = file.content[inFile]
    const value = reading(`"${inFile}" in ${file.path}`, shown(written), () => reader.fromFile(written))
    return { value, source: 'file' }
  }
  return { value: flag.fallback(environment), source: 'default' }
}

/**
 * The values of all declared flags.
 * @throws UsageError for the first bad value, whatever its layer
 */
export const resolveFlags = <F extends Flags>(flags: F, layers: Layers): Resolved<F> => {
  const read = Object.entries(flags).map(([key, flag]) => [key, readFlag(key, flag, layers)] as const)
  return {
    values: Object.fromEntries(read.map(([key, { value }]) => [key, value])) as Values<F>,
    sources: Object.fromEntries(read.map(([key, { source }]) => [key, source])) as Resolved<F>['sources'],
  }
}

/**
 * Refuses keys of the file that nothing reads.
 * @throws UsageError naming the key, and the one that was probably meant
 */
export const refuseUnknownKeys = (file: ConfigFile, known: readonly string[]): void => {
  for (const key of Object.keys(file.content))
    if (!known.includes(key))
      throw new UsageError(
        `${JSON.stringify(key)} in ${file.path} is no setting of this program.${didYouMean(key, known)}`,
      )
}

/** The keys under which declared flags stand in a file. */
export const fileKeys = (flags: Flags, scope?: Scope): readonly string[] =>
  Object.entries(flags)
    .filter(([, flag]) => flag.inFile)
    .map(([key]) => fileKey(key, scope))
