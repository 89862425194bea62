/** Processes of the programs: started, killed and stopped by their ids, and watched for ending by themselves. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { cleanEnvironment, ended, entry, runToEnd } from '../cli/programs.ts'
import { killFound, processesOf } from './processes.ts'

/** Starts and ends processes. */
export interface Launcher {
  /** What no process may do: end without having been told to. */
  readonly breaches: readonly string[]
  /** Starts a program; `what` is its name in findings. */
  launch(
    what: string,
    program: 'api' | 'main' | 'worker',
    args: readonly string[],
    options?: LaunchOptions,
  ): ChildProcess
  isRunning(child: ChildProcess): boolean
  /** True from the moment at which it was told to end. */
  wasTold(child: ChildProcess): boolean
  /** `kill -9`; resolves when the process is gone. */
  kill(child: ChildProcess): Promise<void>
  /** SIGTERM; resolves with the exit code, or with the signal that ended it. */
  stop(child: ChildProcess): Promise<number | string | null>
  /** The end of what a process has logged. */
  logOf(child: ChildProcess): string
  /** Kills all that still runs, and what it has started. */
  killAll(): Promise<void>
}

/** What a process gets beside its arguments. */
export type LaunchOptions = {
  /** Variables of its environment. */
  readonly variables?: Readonly<Record<string, string>>
  /** Called when it has ended, however that came. */
  readonly onEnd?: (child: ChildProcess) => void
}

/** Lets the wall clock of a process be moved, and ends it with its test. */
const PRELOAD = join(import.meta.dirname, 'preload.ts')

/** Characters of its log that a process is remembered by. */
const LOG_TAIL = 4096

/** Compiles the programs once, so that each start takes half the time: a process that is killed keeps nothing of what it compiled. */
export const warmCompileCache = async (t: Test): Promise<string> => {
  const compileCache = mkdtempSync(join(tmpdir(), 'retire-cluster-compiled-'))
  t.teardown(() => rmSync(compileCache, { recursive: true, force: true }))
  for (const program of ['api', 'main', 'worker'] as const)
    await runToEnd(t, entry(program), ['--version'], { NODE_COMPILE_CACHE: compileCache })
  return compileCache
}

/** Resolves with true when a process says this on its standard output; with false where it ends first. */
export const says = (child: ChildProcess, text: string): Promise<boolean> =>
  new Promise((resolve) => {
    let out = ''
    child.stdout?.on('data', (piece: Buffer) => {
      if (out.includes(text)) return
      out += piece.toString()
      if (out.includes(text)) resolve(true)
    })
    child.once('exit', () => resolve(false))
  })

/** A launcher of programs that work in a directory. */
export const createLauncher = (directory: string, compileCache: string): Launcher => {
  const breaches: string[] = []
  const told = new WeakSet<ChildProcess>()
  const running = new Set<ChildProcess>()
  const logs = new WeakMap<ChildProcess, string>()
  const logOf = (child: ChildProcess) => logs.get(child) ?? ''

  const kill = async (child: ChildProcess) => {
    told.add(child)
    child.kill('SIGKILL')
    await ended(child)
  }

  return {
    breaches,
    launch: (what, program, args, { variables = {}, onEnd } = {}) => {
      const child = spawn(process.execPath, ['--import', PRELOAD, entry(program), ...args], {
        env: cleanEnvironment({ NODE_COMPILE_CACHE: compileCache, TMPDIR: directory, ...variables }),
        cwd: directory,
        stdio: 'pipe',
      })
      running.add(child)
      child.stderr.on('data', (piece: Buffer) => logs.set(child, (logOf(child) + piece.toString()).slice(-LOG_TAIL)))
      child.once('exit', (code, signal) => {
        running.delete(child)
        onEnd?.(child)
        if (!told.has(child)) breaches.push(`${what} ended by itself with ${signal ?? code}: ${logOf(child)}`)
      })
      return child
    },
    isRunning: (child) => running.has(child),
    wasTold: (child) => told.has(child),
    kill,
    stop: (child) => {
      told.add(child)
      child.kill('SIGTERM')
      return ended(child)
    },
    logOf,
    killAll: async () => {
      await Promise.all([...running].map(kill))
      // What a worker that was killed had started.
      for (const found of processesOf(directory)) killFound(found)
    },
  }
}
