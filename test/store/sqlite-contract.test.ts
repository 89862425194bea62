import t from 'tap'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'
import { silent } from './silent.ts'
import { storeContract } from './store-contract.ts'

storeContract(t, (t) => {
  const dataDir = t.testdir()
  return () => openSqliteStore({ dataDir, log: silent })
})
