/** `retire-cluster tasks list`. */
import type { Task } from '../../../../schemas/task.ts'
import { TaskListQuery } from '../../../../schemas/task-requests.ts'
import { tasksResource } from '../../../client/resources/tasks.ts'
import { optional } from '../../options/flag.ts'
import { ofSchema, text } from '../../options/readers.ts'
import { named } from '../api.ts'
import { command } from '../command.ts'
import { type Column, printList } from '../output.ts'
import { tellOfMore, wantsAll, WHOLE_PAGE, writeIds } from '../paging.ts'
import { ago, span } from '../presentation.ts'
import { batchId, priority } from './flags.ts'

const query = TaskListQuery.properties

const columns: readonly Column<Task>[] = [
  { name: 'task_id', of: ({ task_id }) => task_id },
  { name: 'task_type', of: ({ task_type }) => task_type },
  { name: 'status', of: ({ status }) => status },
  { name: 'device_id', of: ({ device_id }) => device_id },
  { name: 'priority', of: (task) => task.priority },
  { name: 'created_at', of: ({ created_at }) => created_at },
  { name: 'execution_time_seconds', of: ({ execution_time_seconds }) => execution_time_seconds },
  { name: 'exit_code', of: ({ result }) => result?.exit_code ?? null },
  { name: 'error', of: ({ error }) => error?.code ?? null },
]

const shown: readonly Column<Task>[] = columns.map((column) => {
  if (column.name === 'created_at') return { name: 'created', of: ({ created_at }) => ago(created_at) }
  if (column.name !== 'execution_time_seconds') return column
  const runningTime = ({ execution_time_seconds: seconds }: Task) => (seconds === null ? null : span(seconds))
  return { name: 'took', of: runningTime }
})

/** The command. */
export const list = command({
  name: 'list',
  summary: 'List tasks, newest first.',
  watchable: true,
  flags: {
    status: optional(ofSchema(query.status, ''), 'Only tasks in this state.', 'all'),
    device_id: optional(
      ofSchema(query.device_id, 'DEVICE_ID'),
      'Only tasks that are assigned to this device or ran on it.',
    ),
    task_type: optional(ofSchema(query.task_type, 'TYPE'), 'Only tasks of this type.'),
    priority: optional(priority, 'Only tasks of this priority.'),
    batch_id: optional(batchId, 'Only tasks of this batch.'),
    since: optional(ofSchema(query.since, 'INSTANT'), 'Only tasks taken in at or after this instant.'),
    until: optional(ofSchema(query.until, 'INSTANT'), 'Only tasks taken in before this instant.'),
    limit: optional(ofSchema(query.limit, 'N'), 'Tasks a page.', '50; with -q all pages'),
    cursor: optional(text('CURSOR'), 'The next page, as the one before named it.'),
  },
  examples: [
    'retire-cluster tasks list --status failed --since 2026-11-24T00:00:00Z',
    'retire-cluster tasks list -q --status failed | retire-cluster tasks retry -',
    'retire-cluster tasks list --status running --watch',
  ],
  run: async ({ api, output }, values) => {
    if (wantsAll(output, values)) {
      const tasks = tasksResource(api).iterate({ ...named(values), limit: WHOLE_PAGE })
      return writeIds(output, tasks, ({ task_id }) => task_id)
    }
    const page = await api.call('listTasks', { query: named(values) })
    await printList(output, { whole: page, rows: page.tasks, columns, table: shown })
    tellOfMore(output, page.next_cursor)
  },
})
