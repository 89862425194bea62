/** Runs the jobs of pg-boss. */
import { PgBoss } from 'pg-boss'
import { KEEP_RESULTS } from './results.mjs'

const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, useListenNotify: true })
boss.on('error', (error) => {
  throw error
})
await boss.start()
await boss.createQueue('bench', { notify: true })
await boss.work(
  'bench',
  {
    batchSize: Number(process.env.CONCURRENCY),
    burstWhenBatchFull: true,
    pollingIntervalSeconds: 0.5,
    transactional: true,
  },
  // Results and ends of a whole batch are one transaction.
  async (jobs, transaction) => {
    const [ids, messages] = [jobs.map(({ data }) => data.id), jobs.map(({ data }) => data.message)]
    await transaction.executeSql(KEEP_RESULTS, [ids, messages])
  },
)
process.stdout.write('ready\n')
