/** The filters of a task listing as parts of a query. */
import type { TaskFilter } from '../cluster/ports/store.ts'
import { type Period, periodOf, type Range } from './spans.ts'
import type { TasksTable } from './tables.ts'

/** The filters that are equalities. */
export const equalities = [
  'status',
  'device_id',
  'task_type',
  'priority',
  'batch_id',
] as const satisfies readonly (keyof TaskFilter & keyof TasksTable)[]

/** What a statement that filters tasks takes. */
export type FilterArguments = Pick<TasksTable, 'device_id' | 'batch_id'> & {
  status: TasksTable['status'] | null
  task_type: string | null
  priority: string | null
} & Range &
  Period

/** Values for every filter; a statement binds those that its shape has. */
export const filterArguments = (filter: TaskFilter, range: Range): FilterArguments => ({
  status: filter.status ?? null,
  device_id: filter.device_id ?? null,
  task_type: filter.task_type ?? null,
  priority: filter.priority ?? null,
  batch_id: filter.batch_id ?? null,
  ...range,
  ...periodOf(filter),
})

/** Whether a filter names an instant. */
export const isDated = (filter: TaskFilter): boolean => filter.since_ms !== undefined || filter.until_ms !== undefined
