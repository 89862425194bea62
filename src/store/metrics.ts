/** Figures of devices over minutes and hours. */
import type { DatabaseSync } from 'node:sqlite'
import type { MetricsResolution, MetricsRow } from '../cluster/ports/records.ts'
import { perShape, query, shapeOf, statement } from './statement.ts'
import type { MetricsTable } from './tables.ts'

const figures = [
  'device_id',
  'at_ms',
  'samples',
  'online_ms',
  'cpu_avg',
  'cpu_peak',
  'memory_avg',
  'memory_peak',
  'storage_avg',
  'storage_peak',
  'rx_avg',
  'tx_avg',
] as const satisfies readonly (keyof MetricsRow)[]

type Selection = Pick<MetricsTable, 'resolution'> & { since_ms: number; device_id: string | null }

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
  const since = perShape((shape) =>
    statement<Selection>(db)((slot) => {
      const rows = query
        .selectFrom('metrics')
        .select(figures)
        .where('resolution', '=', slot('resolution'))
        .where('at_ms', '>=', slot('since_ms'))
        .orderBy('at_ms')
        .orderBy('device_id')
      return shape.has('device_id') ? rows.where('device_id', '=', slot('device_id')) : rows
    }),
  )

  return {
    save: (resolution, row) => void save.run({ resolution, ...row }),
    since: (resolution, since_ms, device_id) =>
      since(shapeOf({ device_id }))
        .all({ resolution, since_ms, device_id: device_id ?? null })
        .map((row) => ({ ...row })),
  }
}
