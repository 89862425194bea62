/** Starting a program, and waiting for its end. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { PayloadOf } from '../../../schemas/task-types.ts'

/** A program and its arguments. */
export type Argv = readonly [program: string, ...args: string[]]

/** How a program ended: with a code, or by a signal. */
export type ProgramEnd = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

/** The shell that `shell: true` means. Android has none in /bin. */
const shellArgv = (line: string): Argv => {
  if (process.platform === 'win32') return [process.env.ComSpec ?? 'cmd.exe', '/d', '/s', '/c', line]
  return [process.platform === 'android' ? 'sh' : '/bin/sh', '-c', line]
}

/** The program that a payload means; undefined where `command` and `shell` do not fit together. */
export const argvOf = ({ command, shell = false }: PayloadOf<'command'>): Argv | undefined => {
  if (typeof command === 'string') return shell ? shellArgv(command) : undefined
  const [program, ...args] = command
  return shell || program === undefined ? undefined : [program, ...args]
}

/**
 * Starts a program in a process group of its own, with no terminal.
 * @throws the system's error: `ENOENT` where there is no such program, `EACCES`, `E2BIG`, …
 */
export const launch = async (
  [program, ...args]: Argv,
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly stdin: string | undefined },
): Promise<ChildProcess & { readonly pid: number }> => {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env,
    // A session of its own, so that the group can be ended and the worker's terminal cannot. Windows would open a window.
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  // Rejects with the error where the program cannot be started.
  await once(child, 'spawn')
  // A program need not read what it is given: EPIPE is its choice, and its exit code tells the rest.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(options.stdin)
  return child as ChildProcess & { readonly pid: number }
}

/** Resolves when the program has ended; what it started may still run. */
export const endOf = (child: ChildProcess): Promise<ProgramEnd> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      return resolve({ code: child.exitCode, signal: child.signalCode })
    }
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
