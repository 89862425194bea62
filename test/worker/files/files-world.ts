/** Cache, spool and transfers of a worker, against a node that the test plays. */
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { createNodeRequests } from '../../../src/link/client/node-requests.ts'
import { type CacheBound, openCache } from '../../../src/worker/files/cache.ts'
import { createInputs } from '../../../src/worker/files/inputs.ts'
import { createNodeFiles } from '../../../src/worker/files/node-files.ts'
import { openSpool } from '../../../src/worker/files/spool.ts'
import { createFilePreparation } from '../../../src/worker/files/task-files.ts'
import { TransferError, type TransferProblem } from '../../../src/worker/files/transfer-error.ts'
import { fakeClock } from '../../cluster/fake-clock.ts'
import { keptLog, type Owner, temporaryDirectory } from '../world.ts'
import { fileNode } from './file-node.ts'

/** A disk as `statfs` tells of it. */
export type Disk = typeof statfs

/** A disk of so many bytes, of which so many are free. */
export const diskOf = (bytes: number, free = bytes): Disk =>
  ((path: string) =>
    statfs(path).then((real) => Object.assign(real, { bsize: 1, blocks: bytes, bfree: free, bavail: free }))) as Disk

/** All of it in a directory of its own. */
export const filesWorld = async (t: Owner, { bound, disk = statfs }: { bound?: CacheBound; disk?: Disk } = {}) => {
  const clock = fakeClock()
  const log = keptLog()
  const node = await fileNode(t)
  const dataDir = temporaryDirectory(t)
  const directory = join(dataDir, 'files')
  const open = () => openCache({ directory, bound, statfs: (path) => disk(path), clock, log })
  const cache = await open()
  const requests = createNodeRequests(() => node.endpoint)
  t.teardown(() => requests.close())
  const nodeFiles = createNodeFiles(requests, () => 'credential')
  const inputs = createInputs({ cache, node: nodeFiles, clock, log })
  const spool = await openSpool(join(dataDir, 'outputs'), [], log)
  const preparation = createFilePreparation(inputs, spool)
  const signal = new AbortController().signal
  return { clock, log, node, dataDir, directory, open, cache, nodeFiles, inputs, spool, preparation, signal }
}

/** Why a transfer failed; undefined where it did not, or for another reason. */
export const problemOf = async (work: Promise<unknown>): Promise<TransferProblem | undefined> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error instanceof TransferError ? error.problem : undefined
}

/** Moves the clock, a second at a time, until some work is done: retries wait by it. */
export const moving = async <T>(clock: ReturnType<typeof fakeClock>, work: Promise<T>): Promise<T> => {
  const state = { isDone: false }
  const over = () => {
    state.isDone = true
  }
  work.then(over, over)
  while (!state.isDone) {
    await clock.advance(1000)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return work
}
