/** Programs that a bench starts: each a process of its own, which is ended by its id. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { readStat } from '../../src/worker/processes/proc.ts'

/** How often it is looked whether a program has said that it is ready, milliseconds: all starts are measured so, ours and theirs. */
const LOOK_MS = 3

/** How long a program has to come up, and to end when it is told to, milliseconds. */
const PATIENCE_MS = 60_000

/** A program that runs. */
export interface Program {
  readonly pid: number
  /** The named groups of the line that said it was ready. */
  readonly said: Readonly<Record<string, string>>
  /** From its start until it was ready, milliseconds. */
  readonly startMs: number
  /** Resident memory now, MB: thousands of the kB that the kernel tells, as in docs/measurements.md. */
  residentMb(): number
  /** Processor time so far, seconds. */
  cpuSeconds(): number
  end(): Promise<void>
}

/** How a program is started. */
export type Launch = {
  /** Node, when absent. */
  readonly program?: string
  readonly args: readonly string[]
  /** What it writes, to stdout or stderr, when it is ready. */
  readonly ready: RegExp
  readonly variables?: Readonly<Record<string, string>>
  /** Whom it runs as; ourselves, when absent. */
  readonly user?: { readonly uid: number; readonly gid: number }
}

/** Those that run, and the directories of what they write. */
const running = new Map<ChildProcess, string>()
// A bench that is broken off leaves nothing behind.
process.once('exit', () => {
  for (const [child, directory] of running) {
    child.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  await exited
  clearTimeout(late)
}

/**
 * Starts a program. Resolves when it is ready. What it writes goes into a file, as under a supervisor: nobody here is kept
 * busy by reading it.
 */
export const launch = async ({
  program = process.execPath,
  args,
  ready,
  variables = {},
  user,
}: Launch): Promise<Program> => {
  const directory = mkdtempSync(join(tmpdir(), 'retire-cluster-bench-log-'))
  const path = join(directory, 'log')
  const log = openSync(path, 'a')
  const begunMs = performance.now()
  const child = spawn(program, args, {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...variables },
    ...user,
  })
  closeSync(log)
  running.set(child, directory)
  let written = ''
  child.once('exit', () => {
    running.delete(child)
    written = readFileSync(path, 'utf8')
    rmSync(directory, { recursive: true, force: true })
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${[program, ...args].join(' ')} could not be started`)
  for (;;) {
    if (running.has(child)) written = readFileSync(path, 'utf8')
    const found = ready.exec(written)
    const startMs = performance.now() - begunMs
    if (found !== null)
      return {
        pid,
        said: { ...found.groups },
        startMs,
        residentMb: () => Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1000,
        cpuSeconds: () => readStat(pid)?.cpuSeconds ?? NaN,
        end: () => end(child),
      }
    if (child.exitCode !== null || startMs > PATIENCE_MS) {
      await end(child)
      throw new Error(`${[program, ...args].join(' ')} did not come up:\n${written}`)
    }
    await pause(LOOK_MS)
  }
}
