/** Programs that yield to others from their first instruction on, as nice(1) starts them. */
import { access, constants, stat } from 'node:fs/promises'
import { getPriority } from 'node:os'
import { delimiter, resolve } from 'node:path'
import type { Argv } from './argv.ts'

const isProgram = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    // It is not there, or not for us to start.
    return false
  }
}

/** Where execvp(3) finds a program, whose directory is looked up from `cwd`; undefined where it does not. */
const find = async (program: string, path: string | undefined, cwd: string): Promise<string | undefined> => {
  const directories = program.includes('/') ? ['.'] : (path ?? '').split(delimiter)
  for (const directory of directories) {
    const candidate = resolve(cwd, directory, program)
    if (await isProgram(candidate)) return candidate
  }
  return undefined
}

/**
 * What starts a program that yields as much as nice(1) counts. Only the program as it begins can be made to: what has a thread or a
 * child already when its priority is lowered from outside keeps theirs (setpriority(2): on Linux a priority is that of a thread).
 * Undefined where nice(1) cannot do it: on Windows; where there is none; where the program is not found, which the system shall say
 * of the program itself; and where the worker yields as much already.
 */
export const yieldingFrom = async (
  argv: Argv,
  niceness: number,
  { env, cwd }: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
): Promise<Argv | undefined> => {
  const more = niceness - getPriority()
  if (process.platform === 'win32' || more <= 0) return undefined
  const nice = await find('nice', process.env.PATH, cwd)
  if (nice === undefined || (await find(argv[0], env.PATH, cwd)) === undefined) return undefined
  return [nice, '-n', `${more}`, ...argv]
}
