/**
 * Watches who has the lease, and tells the others that this node lives. The rows are the truth, and are looked at once a second;
 * a notification that the lease has changed hands only wakes.
 */
import type { Log } from '../../cluster/ports/log.ts'
import type { Glance, Introduction } from '../membership.ts'
import { connect, type Connection } from './connection.ts'
import { look, prolong, withdraw } from './members.ts'
import { impatient } from './writer.ts'

/** The longest time between two looks, milliseconds. */
const LOOK_MS = 1000
/** So much later than a lease is over it is looked at, at the most, milliseconds: not by all nodes at the same moment. */
const JITTER_MS = 100
/** After so long without an answer the connection is made anew, milliseconds. */
const ANSWER_MS = 3000

/** What is watched, and who is told. */
export type WatchOptions = {
  readonly url: string
  readonly shown: string
  readonly id: string
  readonly introduction: Introduction
  /** Called at every look. */
  readonly onGlance: (glance: Glance) => void
  readonly log: Log
}

/** A watch. */
export type Watch = {
  /** Looks at once. */
  wake(): void
  /** Ends it, and says that this node is away. */
  close(): Promise<void>
}

/** Watches until it is closed, on a connection of its own. */
export const watchLease = ({ url, shown, id, introduction, onGlance, log }: WatchOptions): Watch => {
  let isClosed = false
  const isOver = () => isClosed
  let wake = (): void => undefined
  /** Woken while it was looking: it looks again. */
  let isDue = false
  let connection: Connection | undefined

  const attach = async (): Promise<Connection> => {
    const made = await connect(url)
    made.onNotice(() => waken())
    // What a crash forgets of it is said again within a second.
    await impatient(made, ANSWER_MS)('SET synchronous_commit = off; LISTEN retire_cluster_lease')
    return made
  }
  const waken = () => {
    isDue = true
    wake()
  }
  const glance = async (): Promise<Glance> => {
    connection ??= await attach()
    const run = impatient(connection, ANSWER_MS)
    await prolong(run, id, introduction)
    return look(run)
  }
  const rest = (delayMs: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, isDue ? 0 : delayMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const watching = (async () => {
    for (let isTold = false; !isOver();) {
      isDue = false
      let delayMs = LOOK_MS
      try {
        const seen = await glance()
        if (isOver()) break
        onGlance(seen)
        isTold = false
        if (seen.leftMs > 0) delayMs = Math.min(LOOK_MS, seen.leftMs + Math.random() * JITTER_MS)
      } catch (error) {
        connection?.drop()
        connection = undefined
        log[isTold ? 'debug' : 'warn']({ database: shown, err: error }, 'the other nodes cannot be seen; looking again')
        isTold = true
      }
      await rest(delayMs)
    }
  })()

  return {
    wake: waken,
    close: async () => {
      isClosed = true
      waken()
      await watching
      if (connection === undefined) return
      // Where it fails, that is seen within a minute.
      await withdraw(impatient(connection, ANSWER_MS), id).catch(() => undefined)
      await connection.end().catch(() => undefined)
    },
  }
}
