/** Ends that bear files: the node gets those first, then the end, and only then they go from this disk. */
import type { FinishedParams } from '../../../schemas/link.ts'
import { attemptName, attemptRef } from '../attempts.ts'
import { artifactsOf, bearsFiles } from './borne.ts'
import type { Clock } from '../clock.ts'
import { systemCode } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Outbox } from '../outbox.ts'
import type { NodeFiles } from './node-files.ts'
import type { Spool } from './spool.ts'
import { TransferError } from './transfer-error.ts'
import { createUpload } from './upload.ts'

/**
 * A node that says for so long that it has no room is not waited for any longer, milliseconds: where an unfinished batch takes all
 * that it has, waiting makes none, and the slot is taken meanwhile. It is long enough for somebody to give it more.
 */
const FULL_MS = 30 * 60_000

/** Why the files of an end will never reach the node, in a sentence; undefined where they may with the next try. */
const verdictOn = (error: unknown, name: string, fullMs: number): string | undefined => {
  const problem = error instanceof TransferError ? error.problem : undefined
  if (problem === 'too_large') return `The output ${name} is larger than the cluster takes.`
  if (problem === 'damaged') return `The output ${name} was damaged on its device.`
  if (problem === 'node_full' && fullMs >= FULL_MS) return 'The cluster has no room for its outputs.'
  return systemCode(error) === 'ENOENT' ? `The output ${name} was lost on its device.` : undefined
}

/** An end whose files are not to be had: the task has failed. */
const withoutFiles = (end: FinishedParams, message: string): FinishedParams => {
  if (end.result === null) return end
  const result = { ...end.result }
  delete result.artifacts
  return { ...end, outcome: 'failed', result, error: { code: 'TASK_ERROR', message } }
}

/**
 * Makes what sends ends with their files. It resolves when the node has all of it.
 * @param send - sends an end; rejects where the node did not take it
 */
export const createOutgoing = ({
  node,
  spool,
  outbox,
  send,
  signal,
  clock,
  log,
}: {
  readonly node: NodeFiles
  readonly spool: Spool
  readonly outbox: Pick<Outbox, 'add'>
  readonly send: (end: FinishedParams) => Promise<void>
  /** Ends what is under way: the worker stops. */
  readonly signal: AbortSignal
  readonly clock: Pick<Clock, 'monotonic'>
  readonly log: Log
}): ((end: FinishedParams) => Promise<void>) => {
  /** Since when the node has had no room for the files of an end, by the monotonic clock. */
  const fullSince = new WeakMap<FinishedParams, number>()
  /** For how long it has had none, this failure included; milliseconds. */
  const fullFor = (end: FinishedParams, error: unknown): number => {
    if (!(error instanceof TransferError) || error.problem !== 'node_full') return 0
    const now = clock.monotonic()
    const since = fullSince.get(end) ?? now
    fullSince.set(end, since)
    return now - since
  }

  const upload = createUpload(node, signal)

  /** Sends the files; what comes out is the end to be told. */
  const uploadAll = async (end: FinishedParams): Promise<FinishedParams> => {
    for (const artifact of artifactsOf(end)) {
      try {
        const how = await upload({ ...artifact, path: spool.pathOf(end, artifact.sha256) })
        // For what is there already it needs no room.
        if (how === 'sent') fullSince.delete(end)
      } catch (error) {
        // Whether it still wants this end, the node says when it is told of it.
        if (error instanceof TransferError && error.problem === 'forbidden') return end
        const verdict = verdictOn(error, artifact.name, fullFor(end, error))
        if (verdict === undefined) throw error
        log.error({ err: error, ...attemptRef(end), file: artifact.name }, 'a file that a task has left is given up')
        const bare = withoutFiles(end, verdict)
        await outbox.add(bare)
        return bare
      }
    }
    return end
  }

  return async (end) => {
    await send(bearsFiles(end) ? await uploadAll(end) : end)
    // Also after an end that bears none: of one whose files were given up they lie there still.
    await spool.remove(attemptName(end))
  }
}
