import t from 'tap'
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
