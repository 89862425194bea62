import t from 'tap'
import { changes, taskRow } from '../../store/rows.ts'
import { retentionContract, transactionsOfRetention } from '../../store/retention-contract.ts'
import { storeContract } from '../../store/store-contract.ts'
import { placesOn } from './places.ts'
import { startPostgres } from './server.ts'

// What is on a disk after a crash is asked by the faults; here it would cost a minute.
const server = await startPostgres(t, { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' })
const newPlace = placesOn(server)
storeContract(t, newPlace)
retentionContract(t, newPlace)
transactionsOfRetention(t, newPlace)

void t.test('a task that comes out of turn is written whole, with what changes beside it', async (t) => {
  const store = await newPlace(t)()
  await store.commit(changes({ tasks: [taskRow(1), taskRow(5)] }))
  // It is not beyond the highest that is there, and not there.
  await store.commit(changes({ tasks: [taskRow(3), taskRow(5, { status: 'running', device_id: 'pi' })] }))
  t.match(await store.task('task-3'), { sequence: 3, task: { payload: taskRow(3).task.payload } })
  t.match(await store.task('task-5'), { task: { status: 'running', payload: taskRow(5).task.payload } })
  await store.close()
})
