/** The disk of the node: while it is full new work is refused and none is given out, and what must go on is written. */
import type { LogLevel } from '../../schemas/index.ts'
import { logLevels } from '../../schemas/index.ts'
import type { CancelTimer, Clock } from './ports/clock.ts'
import type { Log } from './ports/log.ts'
import type { Store } from './ports/store.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** How often the disk is looked at: so soon after there is room again, new work is taken. */
const LOOK_MS = 5000

/** The least level that the log keeps: of a full disk, what is serious. */
export const keptLevel = (store: Store, configured: LogLevel): LogLevel =>
  store.hasRoom() || logLevels.indexOf(configured) > logLevels.indexOf('warning') ? configured : 'warning'

/** Looks for room while there is none, and tells of both in the log of the cluster. Returns what ends it. */
export const watchRoom = (store: Store, clock: Clock, work: UnitOfWork, log: Log): CancelTimer => {
  let hadRoom = true
  let isStopped = false
  let cancel: CancelTimer = () => undefined

  const tell = (level: LogLevel, message: string) =>
    work.run((tx) => {
      tx.log(level, { component: 'store', device_id: null, task_id: null, message, details: {} })
      return () => undefined
    })

  const look = async () => {
    try {
      const hasRoom = store.hasRoom() || (await store.regainRoom())
      if (hasRoom !== hadRoom) {
        hadRoom = hasRoom
        await (hasRoom
          ? tell('info', 'there is room again: new work is taken')
          : tell('error', 'the storage of the node is full: new work is refused until there is room'))
        // What waits is given out.
        work.poke()
      }
    } catch (error) {
      log.error({ err: error }, 'the room on the disk could not be looked at')
    }
    if (!isStopped) cancel = clock.after(LOOK_MS, () => void look())
  }

  cancel = clock.after(LOOK_MS, () => void look())
  return () => {
    isStopped = true
    cancel()
  }
}
