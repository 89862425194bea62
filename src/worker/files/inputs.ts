/** The files that attempts take: fetched into the cache before they start, and tried again for as long as somebody waits for them. */
import type { TaskInput } from '../../../schemas/artifact.ts'
import { backoffMs, LONGEST_DELAY_MS } from '../../link/client/backoff.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { FileCache } from './cache.ts'
import { download } from './download.ts'
import type { NodeFiles } from './node-files.ts'
import { TransferError, type TransferProblem } from './transfer-error.ts'
import { createTurns } from './turns.ts'

/** Inputs that are here, and stay until they are released. */
export type HeldInputs = {
  /** Each with where it lies. */
  readonly files: readonly (TaskInput & { readonly path: string })[]
  release(): void
}

/** What fetches inputs. */
export interface Inputs {
  /**
   * Fetches what is not here yet. Ends with the signal's reason as soon as that is aborted.
   * @throws TransferError
   */
  fetch(inputs: readonly TaskInput[], signal: AbortSignal): Promise<HeldInputs>
}

/**
 * How often in a row a node may say so before it is believed. It may not know yet that the device is back, or stop at that moment;
 * bytes may be turned over on the way. A card that was pulled out may be put back, but another device has a disk that works.
 */
const BELIEVED_AFTER: Partial<Record<TransferProblem, number>> = {
  forbidden: 8,
  unexpected: 8,
  damaged: 3,
  device_disk: 3,
  busy: Infinity,
}

/** Transfers at a time: with those of outputs (`delivery.ts`) half of what a node takes of a device, however many slots that has. */
const AT_A_TIME = 4

/** A transfer that several attempts may wait for. */
type Fetch = { readonly done: Promise<void>; readonly end: AbortController; waiting: number }

/** What comes of some work, or the reason of the signal as soon as that is aborted. */
const unlessAborted = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })

/** Makes what fetches inputs. */
export const createInputs = ({
  cache,
  node,
  clock,
  log,
}: {
  readonly cache: FileCache
  readonly node: NodeFiles
  readonly clock: Clock
  readonly log: Log
}): Inputs => {
  const underWay = new Map<string, Fetch>()
  const inTurn = createTurns(AT_A_TIME)

  const pause = (ms: number, signal: AbortSignal): Promise<void> => {
    const over = Promise.withResolvers<undefined>()
    const cancel = clock.after(ms, () => over.resolve(undefined))
    return unlessAborted(signal, over.promise).finally(cancel)
  }

  const persist = async (sha256: string, signal: AbortSignal): Promise<void> => {
    let said: TransferProblem | undefined
    let times = 0
    for (let failures = 0; ; failures += 1) {
      try {
        await inTurn(signal, () => download(sha256, { cache, node }, signal))
        return
      } catch (error) {
        if (signal.aborted) throw error
        const problem = error instanceof TransferError ? error.problem : undefined
        times = problem === said ? times + 1 : 1
        said = problem
        if (problem !== undefined && times >= (BELIEVED_AFTER[problem] ?? 1)) throw error
        log[failures === 0 ? 'warn' : 'debug'](
          { err: error, sha256 },
          'a file of a task did not come; it is asked for again',
        )
      }
      await pause(backoffMs(failures, LONGEST_DELAY_MS, Math.random()), signal)
    }
  }

  const begin = (sha256: string): Fetch => {
    const end = new AbortController()
    const fetch: Fetch = { done: persist(sha256, end.signal), end, waiting: 0 }
    const over = () => {
      if (underWay.get(sha256) === fetch) underWay.delete(sha256)
    }
    fetch.done.then(over, over)
    underWay.set(sha256, fetch)
    return fetch
  }

  const bring = async (sha256: string, signal: AbortSignal): Promise<void> => {
    // One that nobody waited for any more has to let go of the file first.
    for (let ending = underWay.get(sha256); ending?.end.signal.aborted === true; ending = underWay.get(sha256)) {
      await unlessAborted(signal, ending.done).catch(() => signal.throwIfAborted())
    }
    if (await cache.has(sha256)) return
    const fetch = underWay.get(sha256) ?? begin(sha256)
    fetch.waiting += 1
    try {
      await unlessAborted(signal, fetch.done)
    } finally {
      fetch.waiting -= 1
      if (fetch.waiting === 0) fetch.end.abort(signal.reason)
    }
  }

  return {
    fetch: async (inputs, signal) => {
      const releases: (() => void)[] = []
      const release = () => {
        for (const letGo of releases) letGo()
      }
      try {
        for (const sha256 of new Set(inputs.map((input) => input.sha256))) {
          releases.push(cache.hold(sha256))
          await bring(sha256, signal)
        }
      } catch (error) {
        release()
        throw error
      }
      return { files: inputs.map((input) => ({ ...input, path: cache.pathOf(input.sha256) })), release }
    },
  }
}
