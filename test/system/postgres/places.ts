/** Places for stores: each a database of its own on one server, and a directory. */
import type { Test } from 'tap'
import type { Store } from '../../../src/cluster/ports/store.ts'
import { openPostgresStore, type PostgresOptions } from '../../../src/store/postgres/postgres-store.ts'
import { silent } from '../../store/silent.ts'
import type { PostgresServer } from './server.ts'

/** Opens a store in a place, of which nothing is heard but what it answers. */
export const openPlace = (place: Pick<PostgresOptions, 'url' | 'dataDir'> & Partial<PostgresOptions>): Promise<Store> =>
  openPostgresStore({ log: silent, onBroken: () => undefined, ...place })

/** A function that makes a place, and returns what opens a store there, as often as it was closed. */
export const placesOn = (server: PostgresServer) => {
  let places = 0
  return (t: Test): (() => Promise<Store>) => {
    const name = `place_${(places += 1)}`
    const dataDir = t.testdir()
    return async () => openPlace({ url: await server.database(name), dataDir })
  }
}
