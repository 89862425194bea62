/** A cluster of real processes that are made to fail: a server, a node in it or apart from it, and workers, all in one directory. */
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type Mode, until } from '../start-cluster.ts'
import type { Chance } from './chance.ts'
import { type Client, createClient } from './http.ts'
import { createLauncher, says } from './launcher.ts'
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
  /** Whether the node lives in the process of the API server (when absent), or in one of its own. */
  readonly mode?: Mode
  /** Its data directory; one in the directory of the rig when absent. */
  readonly nodeDirectory?: string
  /** Flags of the node, wherever it runs, beside those of the place. */
  readonly nodeArgs?: readonly string[]
  /** Flags of each worker beside those of the place. */
  readonly workerArgs?: readonly string[]
  /** Where a worker dials; the node's own port when absent. */
  readonly dialled?: (device_id: string, clusterPort: number) => Promise<number>
}

/** A cluster under faults. */
export interface Rig {
  readonly directory: string
  /** The data directory of the node. */
  readonly nodeDirectory: string
  readonly client: Client
  /** The port of the API. */
  readonly port: number
  /** What no process may do: end without having been told to. */
  readonly breaches: readonly string[]
  /** The process of `server`, of `node` where that is apart, or of a worker: the one that runs, or ran last. */
  processOf(what: string): ChildProcess
  /** Resolves when the server serves; at once while it does. */
  serving(): Promise<void>
  startServer(): Start
  /** `kill -9`; resolves when the process is gone. */
  killServer(): Promise<void>
  /** Starts the node where it is apart from the server. */
  startNode(): Start
  /** Starts a worker, the first time or again; resolves when it has joined. */
  startWorker(device_id: string): Promise<void>
  /** `kill -9` of a node that is apart, or of a worker; resolves when the process is gone. */
  kill(what: string): Promise<void>
  /** Moves the wall clock of a process so many milliseconds from the true time; resolves when it has jumped. */
  shiftClock(what: string, shiftMs: number): Promise<void>
  /** Tells the workers to stop, then the servers. Resolves with what ended otherwise than with 0, and with what still runs. */
  stop(): Promise<string[]>
}

/** What was killed at a low priority is gone within this, seconds, on a machine with more to do than it can. */
const DYING_SECONDS = 30

const JOIN_TOKEN = 'join-token-of-the-faults'

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
  const { chance, mode = 'embedded', nodeArgs = [], workerArgs = [] } = options
  const directory = mkdtempSync(join(tmpdir(), 'retire-cluster-faults-'))
  const { nodeDirectory = join(directory, 'node') } = options
  const port = await freePort(chance)
  const clusterPort = await freePort(chance)
  const client = createClient(port)
  const launcher = createLauncher(directory, options.compileCache)
  /** In the order of their first start. */
  const processes = new Map<string, ChildProcess>()
  const serving = createGate()

  t.teardown(async () => {
    client.close()
    await launcher.killAll()
    rmSync(directory, { recursive: true, force: true })
  })

  const clockOf = (what: string) => join(directory, `clock-${what}`)

  const launch = (
    what: string,
    program: 'api' | 'main' | 'worker',
    args: readonly string[],
    more: { variables?: Record<string, string>; onEnd?: (child: ChildProcess) => void } = {},
  ) => {
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

  /** A process that is told to end at this very moment is not ready, whatever it had still said. */
  const ready = async (child: ChildProcess, text: string): Promise<number | undefined> => {
    const startedMs = performance.now()
    const isReady = (await says(child, text)) && !launcher.wasTold(child)
    return isReady ? performance.now() - startedMs : undefined
  }

  const flagsOfNode = [
    '--cluster-port', `${clusterPort}`,
    '--cluster-bind', '127.0.0.1',
    '--data-dir', nodeDirectory,
    '--join-token', JOIN_TOKEN,
    ...nodeArgs,
  ] // prettier-ignore
  const flagsOfApi = ['--port', `${port}`, '--no-rate-limit']

  const launchServer = () => {
    const onEnd = (child: ChildProcess) => {
      if (child === processes.get('server')) serving.close()
    }
    if (mode === 'embedded') return launch('server', 'api', [...flagsOfApi, ...flagsOfNode], { onEnd })
    const token = readFileSync(join(nodeDirectory, 'cluster-token'), 'utf8').trim()
    const flags = [...flagsOfApi, '--cluster-host', '127.0.0.1', '--cluster-port', `${clusterPort}`]
    return launch('server', 'api', flags, { onEnd, variables: { RETIRE_CLUSTER_CLUSTER_TOKEN: token } })
  }

  return {
    directory,
    nodeDirectory,
    client,
    port,
    breaches: launcher.breaches,
    processOf,
    serving: serving.passed,
    startServer: () => {
      const served = ready(launchServer(), `http://127.0.0.1:${port}`)
      void served.then((ms) => {
        if (ms !== undefined) serving.open()
      })
      return { ready: served }
    },
    killServer: () => {
      serving.close()
      return launcher.kill(processOf('server'))
    },
    startNode: () => ({ ready: ready(launch('node', 'main', flagsOfNode), `127.0.0.1:${clusterPort}`) }),
    startWorker: async (device_id) => {
      const dialled = (await options.dialled?.(device_id, clusterPort)) ?? clusterPort
      const child = launch(device_id, 'worker', [
        '--join', `127.0.0.1:${dialled}`,
        '--token', JOIN_TOKEN,
        '--device-id', device_id,
        '--data-dir', join(directory, device_id),
        '--allow', 'command',
        // Whatever the battery of the machine that runs the test.
        '--min-battery', 'none', '--max-temperature', 'none', '--max-cpu', 'none',
        ...workerArgs,
      ]) // prettier-ignore
      if (!(await says(child, `joined as ${device_id}`)))
        throw new Error(launcher.breaches.at(-1) ?? `${device_id} did not join`)
    },
    kill: (what) => launcher.kill(processOf(what)),
    shiftClock: async (what, shiftMs) => {
      const file = clockOf(what)
      writeFileSync(file, `${shiftMs}`)
      // One that is down reads it when it starts.
      if (!launcher.isRunning(processOf(what))) return
      rmSync(`${file}.read`, { force: true })
      processOf(what).kill('SIGUSR2')
      await until(`the clock of ${what} has jumped`, () => Promise.resolve(existsSync(`${file}.read`) || undefined))
    },
    stop: async () => {
      const findings: string[] = []
      // The last that was started first: workers hand back what they run while their node listens.
      for (const [what, child] of [...processes].reverse()) {
        if (!launcher.isRunning(child)) continue
        const code = await launcher.stop(child)
        if (code !== 0) findings.push(`${what} ended with ${code} when it was told to stop: ${launcher.logOf(child)}`)
      }
      client.close()
      const gone = () => Promise.resolve(processesOf(directory).length === 0 || undefined)
      // What still runs then is told by its name.
      await until('nothing runs any more', gone, DYING_SECONDS).catch(() => undefined)
      return [...findings, ...processesOf(directory).map(({ pid, command }) => `still runs: ${pid} ${command}`)]
    },
  }
}
