/** Ends of attempts on their way to the node: each is sent until the node has acknowledged it. */
import type { FinishedParams } from '../../schemas/link.ts'
import { attemptName } from './attempts.ts'
import type { Clock } from './clock.ts'
import { bearsFiles } from './files/borne.ts'
import type { Log } from './log.ts'
import type { Outbox } from './outbox.ts'

/**
 * Ends under way at a time: enough to share the node's commits, few enough that the node, which reads on for as long as fewer than 64
 * are open, hears heartbeats between them. Those with files have a lane of their own: gigabytes on their way keep nobody waiting who
 * has a line to say.
 */
const AT_A_TIME = { withFiles: 4, bare: 48 } as const
/** The first wait after an end that the node did not take, and the longest; each is twice the one before. Milliseconds. */
const RETRY_MS = 1000
const MAX_RETRY_MS = 60_000

/** The way to the node. */
export interface Delivery {
  /** Sends an end that lies in the outbox; without a node, it waits for the next welcome. */
  deliver(end: FinishedParams): void
  /** The node is there: all that waits in the outbox is sent. */
  resume(): void
  /** The node is gone: nothing is sent until `resume`, and no timer is left. */
  pause(): void
  /** Resolves when nothing waits in the outbox, or the node is gone. */
  settled(): Promise<void>
}

const laneOf = (end: FinishedParams): keyof typeof AT_A_TIME => (bearsFiles(end) ? 'withFiles' : 'bare')

/**
 * Makes the way to the node. An end leaves the outbox when `send` resolves.
 * @param send - rejects where the node did not acknowledge
 */
export const createDelivery = ({
  outbox,
  clock,
  log,
  send,
}: {
  readonly outbox: Outbox
  readonly clock: Clock
  readonly log: Log
  readonly send: (end: FinishedParams) => Promise<unknown>
}): Delivery => {
  const queue = new Map<string, FinishedParams>()
  const underWay = new Set<string>()
  const taken = { withFiles: 0, bare: 0 }
  const failures = new Map<string, number>()
  let isConnected = false
  let waiters: (() => void)[] = []
  const retries = new Map<string, () => void>()

  const tellWaiters = () => {
    if (isConnected && outbox.waiting().length > 0) return
    for (const tell of waiters) tell()
    waiters = []
  }

  const retryLater = (name: string, end: FinishedParams) => {
    const failed = failures.get(name) ?? 0
    failures.set(name, failed + 1)
    const delayMs = Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** failed)
    // It may have been told again, and have failed again, while it waited.
    retries.get(name)?.()
    const retry = () => {
      retries.delete(name)
      deliver(end)
    }
    retries.set(name, clock.after(delayMs, retry))
  }

  const sendOne = async (name: string, end: FinishedParams): Promise<void> => {
    const lane = laneOf(end)
    underWay.add(name)
    taken[lane] += 1
    try {
      await send(end)
      outbox.remove(end)
      failures.delete(name)
    } catch (error) {
      // Without a connection the next welcome sends it again.
      if (isConnected) {
        log.warn({ err: error, task_id: end.task_id }, 'the node did not take a result; it is sent again')
        retryLater(name, end)
      }
    } finally {
      underWay.delete(name)
      taken[lane] -= 1
    }
    tellWaiters()
    pump()
  }

  const isTaken = (lane: keyof typeof AT_A_TIME) => taken[lane] >= AT_A_TIME[lane]

  const pump = () => {
    if (!isConnected) return
    for (const [name, end] of queue) {
      // One that is under way keeps its place: should it fail, it is due at once.
      if (underWay.has(name) || isTaken(laneOf(end))) continue
      queue.delete(name)
      // The node may have said meanwhile that it does not want it.
      if (outbox.find(end) !== undefined) void sendOne(name, end)
    }
  }

  const deliver = (end: FinishedParams) => {
    if (!isConnected) return
    queue.set(attemptName(end), end)
    pump()
  }

  return {
    deliver,
    resume: () => {
      isConnected = true
      for (const end of outbox.waiting()) queue.set(attemptName(end), end)
      pump()
    },
    pause: () => {
      isConnected = false
      queue.clear()
      for (const cancel of retries.values()) cancel()
      retries.clear()
      failures.clear()
      tellWaiters()
    },
    settled: () =>
      new Promise((resolve) => {
        waiters.push(resolve)
        tellWaiters()
      }),
  }
}
