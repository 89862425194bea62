/** Programs that yield to others from their first instruction on, as nice(1) starts them. */
import { access, constants, open, stat } from 'node:fs/promises'
import { getPriority } from 'node:os'
import { delimiter, resolve } from 'node:path'
import type { Argv } from './argv.ts'
import { HEAD_BYTES, loaderOf } from './elf.ts'

/** So much of the first line of a script Linux reads (BINPRM_BUF_SIZE), bytes. */
const LONGEST_FIRST_LINE = 256
/** So many interpreters of interpreters Linux follows, at the most (`exec_binprm`). */
const DEEPEST = 5

const isProgram = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    // It is not there, or not for us to start.
    return false
  }
}

/** The beginning of a file; nothing of one that may be started and not be read. */
const headOf = async (path: string): Promise<Buffer> => {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch {
    return Buffer.alloc(0)
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

/** What a file is run by, by its first bytes: the interpreter of a script, the loader of a program; undefined where by nothing else. */
const runBy = (head: Buffer): string | undefined => {
  if (head.toString('latin1', 0, 4) === '\x7fELF') return loaderOf(head)
  return /^#![ \t]*([^ \t\r\n]+)/.exec(head.toString('latin1', 0, LONGEST_FIRST_LINE))?.[1]
}

/** Whether the system can start a file (execve(2)): what it is run by must be there too, and what that is run by. */
const canBegin = async (path: string, cwd: string, depth = DEEPEST): Promise<boolean> => {
  if (!(await isProgram(path))) return false
  const by = runBy(await headOf(path))
  return by === undefined || (depth > 0 && (await canBegin(resolve(cwd, by), cwd, depth - 1)))
}

let nice: Promise<string | undefined> | undefined

/** A program, and what is left to do once it has begun. */
export type Beginning = {
  readonly argv: Argv
  /** The niceness to which it is to be lowered then; undefined where it has it from its beginning, or need not yield. */
  readonly lowerTo: number | undefined
}

/**
 * How a program begins that yields as much as nice(1) counts. Only as it begins all of it does: what has a thread or a child already
 * when its priority is lowered from outside keeps theirs (setpriority(2): on Linux a priority is that of a thread). It is lowered so
 * where nice(1) cannot do it: on Windows, where there is none, and where the program cannot be started, which the system shall say
 * of the program itself.
 * @param niceness - 0 to 19; undefined: as much as the worker
 */
export const beginningOf = async (
  argv: Argv,
  niceness: number | undefined,
  { env, cwd }: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
): Promise<Beginning> => {
  const more = niceness === undefined ? 0 : niceness - getPriority()
  if (more <= 0) return { argv, lowerTo: undefined }
  const lowered = { argv, lowerTo: niceness }
  if (process.platform === 'win32') return lowered
  nice ??= find('nice', process.env.PATH, '/')
  const [path, program] = await Promise.all([nice, find(argv[0], env.PATH, cwd)])
  const begins = path !== undefined && program !== undefined && (await canBegin(program, cwd))
  return begins ? { argv: [path, '-n', `${more}`, ...argv], lowerTo: undefined } : lowered
}
