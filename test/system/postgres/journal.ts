/** What has happened, as the rows tell it. */
import type { MonitorEvent } from '../../../schemas/index.ts'
import { eventsIn } from '../../../src/store/rows.ts'
import type { PostgresServer } from './server.ts'

/** All events that are kept, in their order. */
export const journalOf = async (
  server: PostgresServer,
  url: string,
): Promise<{ readonly sequence: number; readonly event: MonitorEvent }[]> => {
  const rows = await server.query<{ events: string }>(
    url,
    'SELECT events FROM retire_cluster.journal ORDER BY last_sequence',
  )
  return rows.flatMap((row) => eventsIn(row, 0))
}
