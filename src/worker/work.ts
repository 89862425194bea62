/** The work of an agent: attempts run as the node gives them, and their ends go home, with their files on both ways. */
import type { NodeConnection, Whereabouts } from '../link/client/keep-connected.ts'
import { createNodeRequests } from '../link/client/node-requests.ts'
import type { Clock } from './clock.ts'
import { createDelivery, type Delivery } from './delivery.ts'
import { createInputs } from './files/inputs.ts'
import { createNodeFiles } from './files/node-files.ts'
import { createOutgoing } from './files/outgoing.ts'
import { createFilePreparation } from './files/task-files.ts'
import type { Log } from './log.ts'
import type { Prepared } from './prepare.ts'
import { createRunner, type Runner, type RunnerOptions } from './runner.ts'
import { createSending } from './sending.ts'

/** What it needs of the agent. */
export type WorkOptions = Pick<RunnerOptions, 'slots' | 'executorOf' | 'endsTellStarts'> &
  Pick<Prepared, 'outbox' | 'spool' | 'cache'> & {
    readonly node: Whereabouts
    /** The connection to it; undefined before the first. */
    readonly connection: () => NodeConnection | undefined
    /** The credential of the device. */
    readonly credential: () => string
    readonly clock: Clock
    readonly log: Log
  }

/** The work. */
export interface Work {
  readonly runner: Runner
  readonly delivery: Delivery
  /** Ends the transfers that are under way: the worker stops. Resolves when what waits in the outbox is on disk. */
  close(): Promise<void>
}

/** Nothing runs; what waits in the outbox goes home once the delivery is resumed. */
export const createWork = (options: WorkOptions): Work => {
  const { node, connection, credential, outbox, spool, cache, clock, log } = options
  const requests = createNodeRequests(() => node.endpoint())
  const nodeFiles = createNodeFiles(requests, credential)
  const uploads = new AbortController()
  const send = createOutgoing({
    node: nodeFiles,
    spool,
    outbox,
    send: createSending({ connection, outbox, log }),
    signal: uploads.signal,
    clock,
    log,
  })
  const delivery = createDelivery({ outbox, clock, log, send })
  const runner = createRunner({
    slots: options.slots,
    executorOf: options.executorOf,
    endsTellStarts: options.endsTellStarts,
    files: createFilePreparation(createInputs({ cache, node: nodeFiles, clock, log }), spool),
    outbox,
    clock,
    log,
    report: {
      started: (attempt) => void connection()?.notify('task.started', attempt),
      output: (output) => connection()?.notify('task.output', output) ?? false,
      progress: (report) => connection()?.notify('task.progress', report) ?? false,
      finished: (end) => delivery.deliver(end),
    },
  })
  return {
    runner,
    delivery,
    close: () => {
      uploads.abort()
      requests.close()
      return outbox.close()
    },
  }
}
