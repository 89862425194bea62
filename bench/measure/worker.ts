/** A worker as it is built, started as the line of the join page starts it. */
import { join } from 'node:path'
import { WORKER_NODE_FLAGS, WORKER_NODE_VARIABLES } from '../../src/link/server/worker-node-flags.ts'
import { launch, type Program } from './program.ts'
import { JOIN_TOKEN, type Service } from './service.ts'

const PROGRAM = join(import.meta.dirname, '../../dist/retire-cluster-worker.mjs')

/** Starts one in a data directory. Resolves when it has joined. */
export const startWorker = (
  { clusterPort }: Pick<Service, 'clusterPort'>,
  directory: string,
  flags: readonly string[] = [],
): Promise<Program> =>
  launch({
    args: [
      ...[...WORKER_NODE_FLAGS, PROGRAM, '--join', `127.0.0.1:${clusterPort}`, '--token', JOIN_TOKEN],
      ...['--device-id', 'worker', '--data-dir', directory],
      ...flags,
    ],
    ready: /^joined as /m,
    variables: WORKER_NODE_VARIABLES,
  })
