/** A cluster of real processes that are made to fail: a server (API with its node) and workers, in one directory, known by their ids. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { cleanEnvironment, ended, entry, runToEnd } from '../cli/programs.ts'
import { until } from '../start-cluster.ts'
import type { Chance } from './chance.ts'
import { type Client, createClient } from './http.ts'
import { freePort } from './ports.ts'
import { processesOf } from './processes.ts'

/** A start under way. */
export type Start = {
  /** Milliseconds from the start of the process until it serves; undefined where it ended before. */
  readonly ready: Promise<number | undefined>
}

/** How a rig is built. */
export type RigOptions = {
  readonly chance: Chance
  /** Where compiled modules are kept, so that a hundred starts compile once. */
  readonly compileCache: string
  /** Flags of the server beside those of the place. */
  readonly serverArgs?: readonly string[]
  /** Flags of each worker beside those of the place. */
  readonly workerArgs?: readonly string[]
  /** Where a worker dials; the node's own port when absent. */
  readonly dialled?: (device_id: string, clusterPort: number) => Promise<number>
}

/** A cluster under faults. */
export interface Rig {
  readonly directory: string
  /** The port of the API, and that of the node for devices. */
  readonly port: number
  readonly clusterPort: number
  readonly client: Client
  /** The process of the server that runs, or ran last. */
  readonly server: ChildProcess
  readonly workers: ReadonlyMap<string, ChildProcess>
  /** What no process may do: end without having been told to. */
  readonly breaches: readonly string[]
  /** Resolves when the server serves; at once while it does. */
  serving(): Promise<void>
  startServer(): Start
  /** `kill -9`; resolves when the process is gone. */
  killServer(): Promise<void>
  /** Tells the server to stop, and resolves with its exit code. */
  stopServer(): Promise<number | string | null>
  /** Starts a worker, the first time or again; resolves when it has joined. */
  startWorker(device_id: string, args?: readonly string[]): Promise<void>
  /** `kill -9`; resolves when the process is gone. */
  killWorker(device_id: string): Promise<void>
  /** Moves the wall clock of a process, `server` or a worker, so many milliseconds from the true time; resolves when it has jumped. */
  shiftClock(what: string, shiftMs: number): Promise<void>
  /** Tells the workers to stop, then the server. Resolves with what ended otherwise than with 0, and with what still runs. */
  stop(): Promise<string[]>
}

const JOIN_TOKEN = 'join-token-of-the-faults'

/** Lets the wall clock of a process be moved. */
const CLOCK_SHIFT = join(import.meta.dirname, 'clock-shift.ts')

/** Bytes of its log that a process is remembered by. */
const LOG_TAIL = 4096

/** Resolves when a process says this on its standard output; with false where it ends first. */
const says = (child: ChildProcess, text: string): Promise<boolean> =>
  new Promise((resolve) => {
    let out = ''
    child.stdout?.on('data', (piece: Buffer) => {
      if (out.includes(text)) return
      out += piece.toString()
      if (out.includes(text)) resolve(true)
    })
    child.once('exit', () => resolve(false))
  })

/** Compiles both programs once, so that each start takes half the time: a process that is killed keeps nothing of what it compiled. */
export const warmCompileCache = async (t: Test): Promise<string> => {
  const compileCache = mkdtempSync(join(tmpdir(), 'retire-cluster-compiled-'))
  t.teardown(() => rmSync(compileCache, { recursive: true, force: true }))
  for (const program of ['api', 'worker'] as const)
    await runToEnd(t, entry(program), ['--version'], { NODE_COMPILE_CACHE: compileCache })
  return compileCache
}

/** A gate that is closed, and may be opened and closed again. Whoever waits passes when it is next open. */
const createGate = () => {
  let isOpen = false
  let waiting: (() => void)[] = []
  return {
    passed: (): Promise<void> => (isOpen ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    open: () => {
      isOpen = true
      for (const pass of waiting) pass()
      waiting = []
    },
    close: () => {
      isOpen = false
    },
  }
}

/** Builds a rig; whatever of it still runs at the end of the test is killed. */
export const createRig = async (t: Test, options: RigOptions): Promise<Rig> => {
  const { chance, serverArgs = [], workerArgs = [] } = options
  const directory = mkdtempSync(join(tmpdir(), 'retire-cluster-faults-'))
  const port = await freePort(chance)
  const clusterPort = await freePort(chance)
  const client = createClient(port)
  const workers = new Map<string, ChildProcess>()
  const breaches: string[] = []
  /** Processes that were told to end. */
  const told = new WeakSet<ChildProcess>()
  const running = new Set<ChildProcess>()
  const serving = createGate()
  let server: ChildProcess | undefined

  const launch = (what: string, program: 'api' | 'worker', args: readonly string[]): ChildProcess => {
    const variables = { NODE_COMPILE_CACHE: options.compileCache, FAULTS_CLOCK: clockOf(what), TMPDIR: directory }
    const child = spawn(process.execPath, ['--import', CLOCK_SHIFT, entry(program), ...args], {
      env: cleanEnvironment(variables),
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.add(child)
    let log = ''
    child.stderr.on('data', (piece: Buffer) => (log = (log + piece.toString()).slice(-LOG_TAIL)))
    child.once('exit', (code, signal) => {
      running.delete(child)
      if (child === server) serving.close()
      if (!told.has(child)) breaches.push(`${what} ended by itself with ${signal ?? code}: ${log}`)
    })
    return child
  }

  const clockOf = (what: string) => join(directory, `clock-${what}`)

  const kill = async (child: ChildProcess) => {
    told.add(child)
    child.kill('SIGKILL')
    await ended(child)
  }

  const stop = (child: ChildProcess) => {
    told.add(child)
    child.kill('SIGTERM')
    return ended(child)
  }

  const theServer = () => {
    if (server === undefined) throw new Error('the server was never started')
    return server
  }

  t.teardown(async () => {
    client.close()
    await Promise.all([...running].map(kill))
    rmSync(directory, { recursive: true, force: true })
  })

  const rig: Rig = {
    directory,
    port,
    clusterPort,
    client,
    workers,
    breaches,
    get server() {
      return theServer()
    },
    serving: serving.passed,
    startServer: () => {
      const startedMs = performance.now()
      const child = launch('server', 'api', [
        '--port', `${port}`,
        '--cluster-port', `${clusterPort}`,
        '--cluster-bind', '127.0.0.1',
        '--data-dir', join(directory, 'node'),
        '--join-token', JOIN_TOKEN,
        '--log-level', 'warning',
        '--no-rate-limit',
        ...serverArgs,
      ]) // prettier-ignore
      server = child
      const ready = says(child, `http://127.0.0.1:${port}`).then((isServing) => {
        if (!isServing) return undefined
        serving.open()
        return performance.now() - startedMs
      })
      return { ready }
    },
    killServer: async () => {
      serving.close()
      await kill(theServer())
    },
    stopServer: () => {
      serving.close()
      return stop(theServer())
    },
    startWorker: async (device_id, args = []) => {
      const dialled = (await options.dialled?.(device_id, clusterPort)) ?? clusterPort
      const child = launch(device_id, 'worker', [
        '--join', `127.0.0.1:${dialled}`,
        '--token', JOIN_TOKEN,
        '--device-id', device_id,
        '--data-dir', join(directory, device_id),
        '--log-level', 'warning',
        '--allow', 'command',
        ...workerArgs,
        ...args,
      ]) // prettier-ignore
      workers.set(device_id, child)
      if (!(await says(child, `joined as ${device_id}`)))
        throw new Error(breaches.at(-1) ?? `${device_id} did not join`)
    },
    killWorker: async (device_id) => {
      const child = workers.get(device_id)
      if (child !== undefined) await kill(child)
    },
    shiftClock: async (what, shiftMs) => {
      const file = clockOf(what)
      writeFileSync(file, `${shiftMs}`)
      const child = what === 'server' ? theServer() : workers.get(what)
      if (child === undefined || !running.has(child)) return
      rmSync(`${file}.read`, { force: true })
      child.kill('SIGUSR2')
      await until(`the clock of ${what} has jumped`, () => Promise.resolve(existsSync(`${file}.read`) || undefined))
    },
    stop: async () => {
      const findings: string[] = []
      const expectZero = (what: string, code: number | string | null) => {
        if (code !== 0) findings.push(`${what} ended with ${code} when it was told to stop`)
      }
      for (const [device_id, child] of workers) if (running.has(child)) expectZero(device_id, await stop(child))
      expectZero('server', await rig.stopServer())
      client.close()
      return [...findings, ...processesOf(directory).map(({ pid, command }) => `still runs: ${pid} ${command}`)]
    },
  }
  return rig
}
