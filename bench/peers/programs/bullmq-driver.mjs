/** Adds jobs, and waits for the event that tells of their end. */
import { Queue, QueueEvents } from 'bullmq'
import { drive, expectMessage, MESSAGE } from './drive.mjs'

const connection = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT) }
const queue = new Queue('bench', { connection })
const events = new QueueEvents('bench', { connection })
// Each job that is waited for listens to it.
events.setMaxListeners(0)
queue.setMaxListeners(0)
await events.waitUntilReady()

await drive(async () => {
  const job = await queue.add('echo', { message: MESSAGE })
  expectMessage(await job.waitUntilFinished(events))
})
