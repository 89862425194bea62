/** The figures of this process, by the names that Prometheus clients share. */
import type { Figure } from './figures.ts'

/** As it is now. Nothing is sampled in between, so that an idle server stays idle. */
export const processFigures = (version: string): Figure[] => {
  const { rss, heapUsed, heapTotal } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  return [
    {
      name: 'retire_cluster_build_info',
      help: 'The version of this server; always 1.',
      samples: [{ value: 1, labels: { version, node: process.versions.node } }],
    },
    {
      name: 'process_cpu_seconds_total',
      help: 'Processor time that this process has used.',
      type: 'counter',
      samples: [{ value: (user + system) / 1e6 }],
    },
    { name: 'process_resident_memory_bytes', help: 'Memory that this process holds.', samples: [{ value: rss }] },
    {
      name: 'process_start_time_seconds',
      help: 'When this process started, in seconds since 1970.',
      samples: [{ value: Math.round(performance.timeOrigin) / 1000 }],
    },
    { name: 'nodejs_heap_size_used_bytes', help: 'The JavaScript heap in use.', samples: [{ value: heapUsed }] },
    { name: 'nodejs_heap_size_total_bytes', help: 'The JavaScript heap.', samples: [{ value: heapTotal }] },
    {
      name: 'nodejs_eventloop_utilization_ratio',
      help: 'Share of its time, since its start, in which the event loop was busy.',
      samples: [{ value: performance.eventLoopUtilization().utilization }],
    },
  ]
}
