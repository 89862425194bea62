/**
 * One declaration per flag. Its name, its variable and its key in the config file are all derived from the key under
 * which it is declared: `cluster_port` is `--cluster-port`, `RETIRE_CLUSTER_CLUSTER_PORT` and `"cluster_port"`.
 */
import type { Reader } from './readers.ts'

/** A flag that was declared. */
export type Flag<T> = {
  readonly reader: Reader<T>
  readonly description: string
  /** The value when nobody names one; `T` includes `undefined` where there is none. */
  readonly fallback: (environment: Environment) => T
  /** How help names the default; empty where there is none. */
  readonly fallbackText: string
  /** False for flags that are no key of the config file, as `--config` itself. */
  readonly inFile: boolean
  /** Its short form, `-q` of `q`, where it has one. */
  readonly letter?: string
}

/** Declared flags, by key. */
export type Flags = Readonly<Record<string, Flag<unknown>>>

/** The values of declared flags, by the same keys. */
export type Values<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never }

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A flag with a default. `shown` is how help names it where that is not the value itself. */
export const flag = <T extends string | number | boolean | readonly string[]>(
  reader: Reader<T>,
  description: string,
  fallback: T | ((environment: Environment) => T),
  shown?: string,
): Flag<T> => ({
  reader,
  description,
  fallback: typeof fallback === 'function' ? fallback : () => fallback,
  fallbackText: shown ?? (typeof fallback === 'function' || fallback === false ? '' : String(fallback)),
  inFile: true,
})

/** A flag without a default. `shown` is what help says of its absence. */
export const optional = <T>(reader: Reader<T>, description: string, shown = ''): Flag<T | undefined> => ({
  reader,
  description,
  fallback: () => undefined,
  fallbackText: shown,
  inFile: true,
})

/** `--config-file` of `config_file`. */
export const flagName = (key: string): string => `--${key.replaceAll('_', '-')}`

/**
 * The prefix of the variables and file keys of a command inside a program, so that the `--device-id` of a listing is
 * not the worker's: `tasks list` gives `RETIRE_CLUSTER_TASKS_LIST_DEVICE_ID` and `"tasks_list_device_id"`.
 */
export type Scope = readonly string[]

/** The key of a flag in the config file. */
export const fileKey = (key: string, scope: Scope = []): string => [...scope, key].join('_').replaceAll('-', '_')

/** The environment variable of a flag. */
export const variableName = (key: string, scope: Scope = []): string =>
  `RETIRE_CLUSTER_${fileKey(key, scope).toUpperCase()}`
