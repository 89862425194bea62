/** `retire-cluster logs`: the log of the cluster. */
import { type LogEntry, LogListQuery } from '../../../schemas/log.ts'
import { optional } from '../options/flag.ts'
import { ofSchema, text } from '../options/readers.ts'
import { named } from './api.ts'
import { command as declareCommand } from './command.ts'
import { type Column, printList } from './output.ts'
import { tellOfMore } from './paging.ts'

const query = LogListQuery.properties

const columns: readonly Column<LogEntry>[] = [
  { name: 'timestamp', of: ({ timestamp }) => timestamp },
  { name: 'level', of: ({ level }) => level },
  { name: 'component', of: ({ component }) => component },
  { name: 'device_id', of: ({ device_id }) => device_id },
  { name: 'task_id', of: ({ task_id }) => task_id },
  { name: 'message', of: ({ message }) => message },
]

/** The command. */
export const command = declareCommand({
  name: 'logs',
  summary: 'The log of the cluster, newest first.',
  watchable: true,
  flags: {
    level: optional(ofSchema(query.level, ''), 'That level and above.', 'info'),
    device_id: optional(ofSchema(query.device_id, 'DEVICE_ID'), 'Only lines about this device.'),
    task_id: optional(ofSchema(query.task_id, 'TASK_ID'), 'Only lines about this task.'),
    component: optional(ofSchema(query.component, ''), 'Only lines of this part of the product.'),
    since: optional(ofSchema(query.since, 'INSTANT'), 'Only lines at or after this instant.'),
    until: optional(ofSchema(query.until, 'INSTANT'), 'Only lines before this instant.'),
    limit: optional(ofSchema(query.limit, 'N'), 'Lines a page.', '100'),
    cursor: optional(text('CURSOR'), 'The next page, as the one before named it.'),
  },
  examples: ['retire-cluster logs --level warning', 'retire-cluster logs --device-id pi-1 --limit 20 --watch'],
  run: async ({ api, output }, values) => {
    const page = await api.call('listLogs', { query: named(values) })
    await printList(output, { whole: page, rows: page.logs, columns })
    tellOfMore(output, page.next_cursor)
  },
})
