/** The audit log: who did what to what. Changes are written with what they changed; refusals by themselves. */
import type { AuditList, AuditListQuery } from '../../schemas/index.ts'
import { lineOf } from './audit-line.ts'
import type { AuditOperations } from './cluster.ts'
import { fromCursor, isSequence, toCursor } from './cursor.ts'
import { fromInstant } from './instants.ts'
import type { Clock } from './ports/clock.ts'
import type { AuditFilter, Store } from './ports/store.ts'
import type { UnitOfWork } from './unit-of-work.ts'

const DEFAULT_LIMIT = 100
const MINUTE_MS = 60_000

/** Refusals that are written in a minute: who knocks a thousand times a second must not fill the disk, nor age the changes out. */
const MOST_REFUSALS = 60

const filterOf = ({ key_id, operation, since, until }: AuditListQuery): AuditFilter => ({
  ...(key_id === undefined ? {} : { key_id }),
  ...(operation === undefined ? {} : { operation }),
  ...(since === undefined ? {} : { since_ms: fromInstant(since) }),
  ...(until === undefined ? {} : { until_ms: fromInstant(until) }),
})

/** The operations on the audit log. */
export const createAuditOperations = ({
  store,
  work,
  clock,
}: {
  readonly store: Store
  readonly work: UnitOfWork
  readonly clock: Clock
}): AuditOperations => {
  let minuteEndsMs = -Infinity
  let written = 0
  let leftOut = 0

  const list = async (query: AuditListQuery): Promise<AuditList> => {
    const { limit = DEFAULT_LIMIT, cursor } = query
    const filter = filterOf(query)
    const before = cursor === undefined ? undefined : fromCursor(cursor, filter, isSequence)
    await work.read(() => undefined)
    const [rows, total, anchor] = await Promise.all([
      store.audit(filter, { limit: limit + 1, ...(before === undefined ? {} : { before }) }),
      store.auditCount(filter),
      store.auditAnchor(),
    ])
    const entries = rows.slice(0, limit).map(({ entry }) => entry)
    const last = entries.at(-1)
    const next_cursor = rows.length > limit && last !== undefined ? toCursor(last.sequence, filter) : null
    return { entries, total, anchor: anchor ?? null, next_cursor }
  }

  return {
    list,
    refused: async (deed) => {
      const now = clock.monotonic()
      if (now >= minuteEndsMs) {
        minuteEndsMs = now + MINUTE_MS
        written = 0
      }
      if (written >= MOST_REFUSALS) {
        leftOut += 1
        return
      }
      written += 1
      const details = leftOut === 0 ? deed.details : { ...deed.details, left_out_before: leftOut }
      leftOut = 0
      await work.run((tx) => {
        tx.audit(lineOf({ ...deed, details }))
        return () => undefined
      })
    },
  }
}
