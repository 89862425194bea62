/** The programs of a rig, in one directory and each under a name: the one that runs under it, or ran last. */
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { until } from '../start-cluster.ts'
import { createLauncher, type LaunchOptions, says } from './launcher.ts'
import { processesOf } from './processes.ts'

/** A start under way. */
export type Start = {
  /** Milliseconds from the start of the process until it serves; undefined where it ended before. */
  readonly ready: Promise<number | undefined>
}

/** The programs. */
export interface Programs {
  /** What no process may do: end without having been told to. */
  readonly breaches: readonly string[]
  launch(what: string, program: 'api' | 'main' | 'worker', args: readonly string[], more?: LaunchOptions): ChildProcess
  processOf(what: string): ChildProcess
  isRunning(what: string): boolean
  /** Whether this is the process that runs under a name, or ran last. */
  isLast(what: string, child: ChildProcess): boolean
  /** Resolves when a process has said a text; see {@link Start}. */
  ready(child: ChildProcess, text: string): Promise<number | undefined>
  /** Starts a worker, the first time or again; resolves when it has joined. */
  startWorker(device_id: string, port: number, args: readonly string[]): Promise<void>
  /** `kill -9`; resolves when the process is gone. */
  kill(what: string): Promise<void>
  /** The wall clock of a process is moved by so many milliseconds as this file says. */
  clockOf(what: string): string
  /** Tells all to stop, those that were started last first. Resolves with what ended otherwise than with 0, and with what still runs. */
  stop(): Promise<string[]>
  /** Kills all that still runs, and what it has started. */
  killAll(): Promise<void>
}

/** The token with which workers join. */
export const JOIN_TOKEN = 'join-token-of-the-faults'

/** What was killed at a low priority is gone within this, seconds, on a machine with more to do than it can. */
const DYING_SECONDS = 30

/** Programs that work in a directory. `compileCache` is where compiled modules are kept, so that a hundred starts compile once. */
export const createPrograms = (directory: string, compileCache: string): Programs => {
  const launcher = createLauncher(directory, compileCache)
  /** In the order of their first start. */
  const processes = new Map<string, ChildProcess>()
  const clockOf = (what: string) => join(directory, `clock-${what}`)

  const launch: Programs['launch'] = (what, program, args, more = {}) => {
    const variables = { FAULTS_CLOCK: clockOf(what), ...more.variables }
    const child = launcher.launch(what, program, [...args, '--log-level', 'warning'], { ...more, variables })
    processes.set(what, child)
    return child
  }

  const processOf = (what: string): ChildProcess => {
    const child = processes.get(what)
    if (child === undefined) throw new Error(`${what} was never started`)
    return child
  }

  return {
    breaches: launcher.breaches,
    launch,
    processOf,
    isRunning: (what) => launcher.isRunning(processOf(what)),
    isLast: (what, child) => processes.get(what) === child,
    /** A process that is told to end at this very moment is not ready, whatever it had still said. */
    ready: async (child, text) => {
      const startedMs = performance.now()
      const isReady = (await says(child, text)) && !launcher.wasTold(child)
      return isReady ? performance.now() - startedMs : undefined
    },
    startWorker: async (device_id, port, args) => {
      const child = launch(device_id, 'worker', [
        '--join', `127.0.0.1:${port}`,
        '--token', JOIN_TOKEN,
        '--device-id', device_id,
        '--data-dir', join(directory, device_id),
        '--allow', 'command',
        // Whatever the battery of the machine that runs the test.
        '--min-battery', 'none', '--max-temperature', 'none', '--max-cpu', 'none',
        ...args,
      ]) // prettier-ignore
      if (!(await says(child, `joined as ${device_id}`)))
        throw new Error(launcher.breaches.at(-1) ?? `${device_id} did not join`)
    },
    kill: (what) => launcher.kill(processOf(what)),
    clockOf,
    stop: async () => {
      const findings: string[] = []
      // The last that was started first: workers hand back what they run while their node listens.
      for (const [what, child] of [...processes].reverse()) {
        if (!launcher.isRunning(child)) continue
        const code = await launcher.stop(child)
        if (code !== 0) findings.push(`${what} ended with ${code} when it was told to stop: ${launcher.logOf(child)}`)
      }
      const gone = () => Promise.resolve(processesOf(directory).length === 0 || undefined)
      // What still runs then is told by its name.
      await until('nothing runs any more', gone, DYING_SECONDS).catch(() => undefined)
      return [...findings, ...processesOf(directory).map(({ pid, command }) => `still runs: ${pid} ${command}`)]
    },
    killAll: launcher.killAll,
  }
}
