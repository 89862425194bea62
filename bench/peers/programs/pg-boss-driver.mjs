/** Sends jobs to pg-boss. */
import { PgBoss } from 'pg-boss'
import { drive, expectMessage, MESSAGE } from './drive.mjs'
import { listenForResults } from './results.mjs'

const connectionString = process.env.DATABASE_URL
const boss = new PgBoss({ connectionString, supervise: false, schedule: false })
await boss.start()
const expectResult = await listenForResults(connectionString)

await drive(async () => {
  const { id, result } = expectResult()
  await boss.send('bench', { id, message: MESSAGE })
  expectMessage(await result)
})
