/** Figures of devices over minutes and hours. */
import type { DatabaseSync } from 'node:sqlite'
import type { MetricsResolution, MetricsRow } from '../cluster/ports/records.ts'
import { type FigureArguments, figures, figuresSince } from './queries/figures.ts'
import { perShape, query, shapeOf, statement } from './statement.ts'
import type { MetricsTable } from './tables.ts'

/** The figures. */
export type FigureTable = {
  /** Writes the figures of one minute or hour, in place of those that are there. Call it inside a transaction. */
  save(resolution: MetricsResolution, row: MetricsRow): void
  since(resolution: MetricsResolution, since_ms: number, device_id?: string): MetricsRow[]
}

/** Prepares the statements of the figures. */
export const figureTable = (db: DatabaseSync): FigureTable => {
  const save = statement<MetricsTable>(db)((slot) =>
    query.replaceInto('metrics').values(slot.each(['resolution', ...figures])),
  )
  const since = perShape((shape) => statement<FigureArguments>(db)((slot) => figuresSince(query, slot, shape)))

  return {
    save: (resolution, row) => void save.run({ resolution, ...row }),
    since: (resolution, since_ms, device_id) =>
      since(shapeOf({ device_id }))
        .all({ resolution, since_ms, device_id: device_id ?? null })
        .map((row) => ({ ...row })),
  }
}
