/** Loads the programs of the server: single modules as this is source, or, once built, one script with the code that was kept of it. */
import { extname, join } from 'node:path'
import { cacheHome } from '../options/paths.ts'
import { loadScript } from './kept-code.ts'
import type * as programs from './programs.ts'

/** By then it serves, and what it needs for that is compiled, milliseconds. */
const STARTED_MS = 5000

/** @param name - of the program whose code is kept: each calls other functions */
export const loadPrograms = async (name: string): Promise<typeof programs> => {
  if (extname(import.meta.filename) === '.ts') return import('./programs.ts')
  const script = loadScript(join(import.meta.dirname, 'programs.cjs'), () =>
    join(cacheHome(process.env, 'retire-cluster'), `${name}.code`),
  )
  if (!script.isKept) setTimeout(script.keep, STARTED_MS).unref()
  return script.exported as typeof programs
}
