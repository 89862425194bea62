/** Runs the jobs of BullMQ. */
import { Worker } from 'bullmq'

const worker = new Worker('bench', async ({ data }) => data.message, {
  connection: { host: '127.0.0.1', port: Number(process.env.REDIS_PORT) },
  concurrency: Number(process.env.CONCURRENCY),
})
await worker.waitUntilReady()
process.stdout.write('ready\n')
