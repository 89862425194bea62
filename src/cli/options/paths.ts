/** Where files stand when nobody says otherwise: the XDG Base Directory Specification 0.8. */
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Environment } from './flag.ts'

/** A relative path in an XDG variable is invalid and to be ignored, as the specification says. */
const base = (variable: string | undefined, ...fallback: readonly string[]): string =>
  variable !== undefined && isAbsolute(variable) ? variable : join(homedir(), ...fallback)

/** `$XDG_DATA_HOME/NAME`, by default `~/.local/share/NAME`. */
export const dataHome = (environment: Environment, name: string): string =>
  join(base(environment.XDG_DATA_HOME, '.local', 'share'), name)

/** `$XDG_CONFIG_HOME/NAME`, by default `~/.config/NAME`. */
export const configHome = (environment: Environment, name: string): string =>
  join(base(environment.XDG_CONFIG_HOME, '.config'), name)

/** `$XDG_CACHE_HOME/NAME`, by default `~/.cache/NAME`. */
export const cacheHome = (environment: Environment, name: string): string =>
  join(base(environment.XDG_CACHE_HOME, '.cache'), name)
