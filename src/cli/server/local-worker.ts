/** The worker of this machine: a process of its own, started again when it dies, and ended with its parent. */
import { WORKER_NODE_FLAGS, WORKER_NODE_VARIABLES } from '../../link/server/worker-node-flags.ts'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Logger } from 'pino'
import type { Environment } from '../options/flag.ts'
import { REFUSED } from '../refused.ts'

/** The first pause before it is started again; each next one is twice as long, up to the longest. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000
/** A worker that lived this long is taken to be well: the pauses begin anew. */
const WELL_AFTER_MS = 60_000
/** How long it has to end its tasks and say goodbye, within the ten seconds of its parent. */
const GRACE_MS = 7_000

/** A local worker that is kept. */
export type LocalWorker = {
  /** Ends it, and resolves when it is gone. */
  stop(): Promise<void>
}

/** The variables of the parent without those of this product: they are the server's, not the worker's. */
const inherited = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('RETIRE_CLUSTER_')))

/**
 * Starts the worker and keeps it running.
 * @param options - `program`: its entry file; `join`: the node, HOST:PORT; `token` goes by a variable, so that the list of processes does not show it
 */
export const keepLocalWorker = (options: {
  readonly program: string
  readonly dataDir: string
  readonly join: string
  readonly token: string
  readonly logLevel: string
  readonly environment: Environment
  readonly log: Logger
}): LocalWorker => {
  const { log } = options
  let child: ChildProcess | undefined
  let restart: NodeJS.Timeout | undefined
  let pauseMs = FIRST_PAUSE_MS
  let stopping = false

  const start = (): void => {
    const started = performance.now()
    let refused = false
    const worker = spawn(
      process.execPath,
      [
        ...WORKER_NODE_FLAGS,
        options.program,
        '--join',
        options.join,
        '--data-dir',
        options.dataDir,
        '--log-level',
        options.logLevel,
      ],
      {
        env: {
          ...inherited(options.environment),
          ...WORKER_NODE_VARIABLES,
          RETIRE_CLUSTER_TOKEN: options.token,
        },
        // The worker stops when the IPC channel closes, which it does even when this process is killed.
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        // A session of its own: Ctrl-C in the terminal reaches this process alone, which then ends the worker in order.
        detached: process.platform !== 'win32',
        windowsHide: true,
      },
    )
    child = worker
    worker.on('message', (message) => {
      if (message === REFUSED) refused = true
    })
    const ended = (fields: object): void => {
      if (child !== worker) return
      child = undefined
      if (stopping) return
      if (refused) {
        log.warn({ ...fields }, 'local worker was refused, and is not started again')
        return
      }
      if (performance.now() - started > WELL_AFTER_MS) pauseMs = FIRST_PAUSE_MS
      log.warn({ ...fields, restart_ms: pauseMs }, 'local worker ended')
      restart = setTimeout(start, pauseMs)
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
    }
    worker.on('error', (error) => ended({ err: error }))
    worker.on('exit', (exit_code, signal) => ended({ exit_code, signal }))
    log.info({ worker_pid: worker.pid }, 'local worker started')
  }

  start()
  return {
    stop: async () => {
      stopping = true
      clearTimeout(restart)
      const worker = child
      if (worker === undefined) return
      const gone = once(worker, 'exit')
      if (worker.connected) worker.disconnect()
      const deadline = setTimeout(() => worker.kill('SIGKILL'), GRACE_MS)
      await gone
      clearTimeout(deadline)
    },
  }
}
