/** Adds jobs to graphile-worker. */
import { makeWorkerUtils } from 'graphile-worker'
import { drive, expectMessage, MESSAGE } from './drive.mjs'
import { listenForResults } from './results.mjs'

const connectionString = process.env.DATABASE_URL
const utils = await makeWorkerUtils({ connectionString })
const expectResult = await listenForResults(connectionString)

await drive(async () => {
  const { id, result } = expectResult()
  await utils.addJob('echo', { id, message: MESSAGE })
  expectMessage(await result)
})
