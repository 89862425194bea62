/** Statistics of tasks and devices over a period. */
import { type Static, Type } from '@sinclair/typebox'
import { component, nullable, object, oneOf } from './component.ts'
import { count, id, instant, list, mapOf, percentage, seconds } from './primitives.ts'
import { periods } from './cluster.ts'

const ends = { completed: count('Completed.'), failed: count('Failed.'), cancelled: count('Cancelled.') }

/** The query string of the task statistics. */
export const TaskStatsQuery = Type.Object(
  {
    period: Type.Optional(oneOf(periods, 'The span of time, up to now.', { default: '24h' })),
    group_by: Type.Optional(
      oneOf(['device', 'task_type', 'hour'], 'Which of by_device, by_task_type and by_hour is filled.', {
        default: 'device',
      }),
    ),
  },
  { additionalProperties: false },
)
/** The query string of the task statistics. */
export type TaskStatsQuery = Static<typeof TaskStatsQuery>

/** Statistics of tasks. */
export const TaskStatistics = component(
  'TaskStatistics',
  object('How the tasks of the period ended.', {
    task_stats: object('The figures, over tasks that reached their final state in the period.', {
      period: oneOf(periods, 'The span of time.'),
      total_tasks: count('Tasks that became final.'),
      by_status: object('By their final state.', ends),
      by_device: Type.Optional(mapOf(object('The tasks of one device.', ends), 'By the device that ran them last.')),
      by_task_type: Type.Optional(mapOf(object('The tasks of one type.', ends), 'By type.')),
      by_hour: Type.Optional(
        list(
          object('One hour.', { hour: instant('Its beginning.'), ...ends }),
          'By the hour in which they ended, oldest first; hours without tasks are there with zeros.',
          721,
        ),
      ),
      average_execution_time: nullable(seconds('Mean running time of the completed ones; null where there is none.')),
      success_rate: nullable(percentage('completed / (completed + failed + cancelled); null where there is none.')),
    }),
  }),
)
/** Statistics of tasks. */
export type TaskStatistics = Static<typeof TaskStatistics>

/** The query string of the device statistics. */
export const DeviceStatsQuery = Type.Object(
  { period: Type.Optional(oneOf(periods, 'The span of time, up to now.', { default: '24h' })) },
  { additionalProperties: false },
)
/** The query string of the device statistics. */
export type DeviceStatsQuery = Static<typeof DeviceStatsQuery>

/** Statistics of devices. */
export const DeviceStatistics = component(
  'DeviceStatistics',
  object('How the devices were used in the period.', {
    device_stats: object('The figures.', {
      period: oneOf(periods, 'The span of time.'),
      utilization: mapOf(
        object('One device.', {
          cpu_avg: nullable(percentage('Mean processor usage; null where there is no sample.')),
          memory_avg: nullable(percentage('Mean memory usage; null where there is no sample.')),
          uptime_percent: nullable(percentage('Share of the period, from registration on, in which it was online.')),
        }),
        'By device id.',
      ),
      performance_ranking: list(
        object('One device.', {
          device_id: id('The device.'),
          score: Type.Number({
            minimum: 0,
            maximum: 100,
            description:
              '0–100: 100 × (0.5 × success + 0.3 × speed + 0.2 × uptime). success: completed / (completed + failed) in the period. speed: mean over the task types it completed of the cluster’s mean running time over its own, at most 2, divided by 2; for a type that no other device completed, its benchmark over the cluster’s median, likewise, where it was measured. uptime: share of the period online. A device that ended no task is not ranked.',
          }),
        }),
        'The devices that ended a task in the period, best first.',
        100_000,
      ),
    }),
  }),
)
/** Statistics of devices. */
export type DeviceStatistics = Static<typeof DeviceStatistics>
