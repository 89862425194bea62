/** Makes a database ready to be written to by this process alone. */
import type { Log } from '../../cluster/ports/log.ts'
import { connect, type Connection } from './connection.ts'
import { inspectServer } from './durability.ts'
import { type Lease, releaseLease, takeLease } from './lease.ts'
import { migrate } from './migrate.ts'

/** A database that this process has for itself. */
export type TakenDatabase = { readonly connection: Connection; readonly lease: Lease }

/** Lets others in at once: what was taken is not used. */
export const giveBack = async ({ connection, lease }: TakenDatabase): Promise<void> => {
  // Where it fails the lease ends by itself.
  await releaseLease(connection.run, lease.term).catch(() => undefined)
  connection.drop()
}

/**
 * Connects to a database, makes its tables where they are missing, and takes its lease.
 * @param shown - the database as it is called in an error
 * @throws DatabaseError, LostConnection
 */
export const takeDatabase = async (url: string, shown: string, holder: string, log: Log): Promise<TakenDatabase> => {
  const connection = await connect(url)
  const { run } = connection
  try {
    await inspectServer(run, shown, log)
    // The first migration makes the lease; those after it are not run under a node that serves.
    await migrate(run, shown, log, { version: 1 })
    const lease = await takeLease(run, holder, shown, log)
    await migrate(run, shown, log)
    return { connection, lease }
  } catch (error) {
    connection.drop()
    throw error
  }
}
