/** Runs the jobs of graphile-worker. */
import { run } from 'graphile-worker'
import { KEEP_RESULTS } from './results.mjs'

const concurrentJobs = Number(process.env.CONCURRENCY)

await run({
  preset: {
    worker: {
      connectionString: process.env.DATABASE_URL,
      concurrentJobs,
      maxPoolSize: concurrentJobs + 2,
      localQueue: { size: concurrentJobs + 1 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
    },
  },
  taskList: {
    echo: async ({ id, message }, { query }) => {
      await query(KEEP_RESULTS, [[id], [message]])
    },
  },
})
process.stdout.write('ready\n')
