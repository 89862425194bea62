/** Queries of the figures of devices. */
import type { MetricsRow } from '../../cluster/ports/records.ts'
import type { Query, Slots } from '../slots.ts'
import type { MetricsTable } from '../tables.ts'

/** The columns that are a row of the port. */
export const figures = [
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

/** What {@link figuresSince} takes. */
export type FigureArguments = Pick<MetricsTable, 'resolution'> & { since_ms: number; device_id: string | null }

/** Those from an instant on, of one device or of all, oldest first. */
export const figuresSince = (query: Query, slot: Slots<FigureArguments>, shape: ReadonlySet<string>) => {
  const rows = query
    .selectFrom('metrics')
    .select(figures)
    .where('resolution', '=', slot('resolution'))
    .where('at_ms', '>=', slot('since_ms'))
    .orderBy('at_ms')
    .orderBy('device_id')
  return shape.has('device_id') ? rows.where('device_id', '=', slot('device_id')) : rows
}
