/** A cluster of real processes that are made to fail: a server, a node in it or apart from it, and workers, all in one directory. */
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type Mode, until } from '../start-cluster.ts'
import type { Chance } from './chance.ts'
import { type Client, createClient } from './http.ts'
import { integrityOf } from './oracle.ts'
import { freePort } from './ports.ts'
import { createPrograms, JOIN_TOKEN, type Start } from './programs.ts'

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

/** What a scene takes of a cluster, however it is built. */
export interface Used {
  readonly directory: string
  readonly client: Client
  /** The port of the API. */
  readonly port: number
  /** What no process may do: end without having been told to. */
  readonly breaches: readonly string[]
  /** Resolves when the server serves; at once while it does. */
  serving(): Promise<void>
  /** Starts a worker, the first time or again; resolves when it has joined. */
  startWorker(device_id: string): Promise<void>
  /** Tells the workers to stop, then the servers. Resolves with what ended otherwise than with 0, and with what still runs. */
  stop(): Promise<string[]>
  /** What is wrong with what is stored, once all is stopped. */
  integrity(): Promise<string[]>
}

/** A cluster under faults. */
export interface Rig extends Used {
  /** The data directory of the node. */
  readonly nodeDirectory: string
  /** The process of `server`, of `node` where that is apart, or of a worker: the one that runs, or ran last. */
  processOf(what: string): ChildProcess
  startServer(): Start
  /** `kill -9`; resolves when the process is gone. */
  killServer(): Promise<void>
  /** Starts the node where it is apart from the server. */
  startNode(): Start
  /** `kill -9` of a node that is apart, or of a worker; resolves when the process is gone. */
  kill(what: string): Promise<void>
  /** Moves the wall clock of a process so many milliseconds from the true time; resolves when it has jumped. */
  shiftClock(what: string, shiftMs: number): Promise<void>
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
  const { chance, mode = 'embedded', nodeArgs = [], workerArgs = [] } = options
  const directory = mkdtempSync(join(tmpdir(), 'retire-cluster-faults-'))
  const { nodeDirectory = join(directory, 'node') } = options
  const port = await freePort(chance)
  const clusterPort = await freePort(chance)
  const client = createClient(port)
  const programs = createPrograms(directory, options.compileCache)
  const { launch, processOf, ready } = programs
  const serving = createGate()

  t.teardown(async () => {
    client.close()
    await programs.killAll()
    // What was killed last may write its last file still.
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 })
  })

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
      if (programs.isLast('server', child)) serving.close()
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
    breaches: programs.breaches,
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
      return programs.kill('server')
    },
    startNode: () => ({ ready: ready(launch('node', 'main', flagsOfNode), `127.0.0.1:${clusterPort}`) }),
    startWorker: async (device_id) => {
      const dialled = (await options.dialled?.(device_id, clusterPort)) ?? clusterPort
      await programs.startWorker(device_id, dialled, workerArgs)
    },
    kill: programs.kill,
    shiftClock: async (what, shiftMs) => {
      const file = programs.clockOf(what)
      writeFileSync(file, `${shiftMs}`)
      // One that is down reads it when it starts.
      if (!programs.isRunning(what)) return
      rmSync(`${file}.read`, { force: true })
      processOf(what).kill('SIGUSR2')
      await until(`the clock of ${what} has jumped`, () => Promise.resolve(existsSync(`${file}.read`) || undefined))
    },
    stop: async () => {
      const findings = await programs.stop()
      client.close()
      return findings
    },
    integrity: () => Promise.resolve(integrityOf(join(nodeDirectory, 'cluster.db'))),
  }
}
