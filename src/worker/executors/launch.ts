/** Starting a program, and waiting for its end. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setPriority } from 'node:os'
import { Readable } from 'node:stream'
import type { Beginning } from './yielding.ts'

/** How a program ended: with a code, or by a signal. */
export type ProgramEnd = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

/** A program that has been started. */
export type StartedProgram = ChildProcess & { readonly pid: number }

/** How a program is started. */
export type LaunchOptions = {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly stdin: string | undefined
  /** Whether it gets a file descriptor 3 to answer by, beside what it prints. */
  readonly answers: boolean
}

/** Lowers the priority of a program that has begun. */
const lowerTo = (niceness: number, pid: number | undefined): void => {
  if (pid === undefined) return
  try {
    setPriority(pid, niceness)
  } catch {
    // It has ended already, or the system does not let us: it runs all the same.
  }
}

/**
 * Starts a program in this very turn, in a process group of its own, with no terminal.
 * @throws the system's error: `ENOENT` where there is no such program, `EACCES`, `E2BIG`, …
 */
export const launch = async (beginning: Beginning, options: LaunchOptions): Promise<StartedProgram> => {
  const [program, ...args] = beginning.argv
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env,
    // A session of its own, so that the group can be ended and the worker's terminal cannot. Windows would open a window.
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: [
      options.stdin === undefined ? 'ignore' : 'pipe',
      'pipe',
      'pipe',
      ...(options.answers ? ['pipe' as const] : []),
    ],
  })
  if (beginning.lowerTo !== undefined) lowerTo(beginning.lowerTo, child.pid)
  // Rejects with the error where the program cannot be started.
  await once(child, 'spawn')
  // A program need not read what it is given: EPIPE is its choice, and its exit code tells the rest.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(options.stdin)
  return child as StartedProgram
}

/** What a program answers by its file descriptor 3; undefined where it was started without. */
export const answerOf = ({ stdio: [, , , answer] }: StartedProgram): Readable | undefined =>
  answer instanceof Readable ? answer : undefined

/** Resolves when the program has ended; what it started may still run. */
export const endOf = (child: ChildProcess): Promise<ProgramEnd> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      return resolve({ code: child.exitCode, signal: child.signalCode })
    }
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
