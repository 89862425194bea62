/** Connections to the database. */
import pg from 'pg'
import { StoreError } from '../../cluster/ports/store.ts'
import { asStoreError, failureOf } from './postgres-error.ts'
import type { Run } from './run.ts'

const { Client, Pool, types } = pg

/** Where all that is ours stands: others may keep tables called `tasks` in the same database. */
export const SCHEMA = 'retire_cluster'

/** As long a connection may take to be made, milliseconds. */
const CONNECT_MS = 3000
/** A reader's statement may take so long, milliseconds: after that nobody waits for it any more. */
const READ_MS = 30_000
/** Connections for reads at most: the node has one thread, and each costs the server some 10 MB. */
const READERS = 4
const IDLE_MS = 60_000

/** The types of pg_type.dat that `pg` gives as text, as they may not fit into a number; ours do (2^53). */
const numbers: ReadonlySet<number> = new Set([20 /* int8 */, 1700 /* numeric: sums */])
const numeric: pg.CustomTypesConfig = {
  getTypeParser: (oid) => (numbers.has(oid) ? Number : (types.getTypeParser(oid) as (text: string) => unknown)),
}

/**
 * What holds on every connection, whatever the server's own settings say. A silent peer is given up after 15 s by the server
 * too, so that one that is cut off in the midst of a statement does not hold its rows.
 */
const settings = `
  SET search_path = ${SCHEMA};
  SET default_transaction_isolation = 'read committed';
  SET jit = off;
  SET tcp_keepalives_idle = 5;
  SET tcp_keepalives_interval = 5;
  SET tcp_keepalives_count = 2`

/**
 * On the connection that writes. It finds rows by their keys alone: a plan that was made while a table was small, and is
 * kept, must not read all of it once it is large.
 */
const writing = `${settings};
  SET enable_seqscan = off;
  SET enable_hashjoin = off;
  SET enable_mergejoin = off;
  SET statement_timeout = 0;
  SET idle_in_transaction_session_timeout = '10s'`

const reading = `${settings};
  SET default_transaction_read_only = on;
  SET statement_timeout = ${READ_MS}`

/** Reads as long as it takes, in one transaction that may have to wait for who takes what is read. */
const readingAlong = `${settings};
  SET default_transaction_read_only = on;
  SET statement_timeout = 0;
  SET idle_in_transaction_session_timeout = 0`

/** For pieces of files: whoever gives a file its name waits for the disk, and with it for them. */
const filing = `${settings};
  SET synchronous_commit = off;
  SET statement_timeout = ${READ_MS}`

const options = (url: string) => ({
  connectionString: url,
  application_name: 'retire-cluster',
  connectionTimeoutMillis: CONNECT_MS,
  keepAlive: true,
  types: numeric,
})

/** Runs statements on a connection of `pg`. Without values it sends them as they are, so that there may be several. */
const runOn =
  (client: pg.ClientBase): Run =>
  async (text, values) => {
    try {
      const { rows, rowCount } = await client.query({ text, ...(values === undefined ? {} : { values: [...values] }) })
      return { rows: rows as never[], changed: rowCount ?? 0 }
    } catch (error) {
      throw failureOf(error)
    }
  }

/** A connection of its own. */
export type Connection = {
  readonly run: Run
  /** Resolves when it is gone, whoever ended it. */
  readonly gone: Promise<void>
  /** Calls `listener` at every NOTIFY of a channel that this connection listens to. */
  onNotice(listener: () => void): void
  /** Ends it at once, as if the network had. */
  drop(): void
  /** Says goodbye. */
  end(): Promise<void>
}

const connectWith = async (url: string, statements: string): Promise<Connection> => {
  const client = new Client(options(url))
  const gone = new Promise<void>((resolve) => client.once('end', resolve))
  // What fails while nothing is asked: `gone` tells of it.
  client.on('error', () => undefined)
  // `pg` has no call that ends a connection without a word to the server, which may not be there to hear it.
  const drop = () => (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
  try {
    await client.connect()
    await client.query(statements)
  } catch (error) {
    drop()
    throw failureOf(error)
  }
  const onNotice = (listener: () => void) => void client.on('notification', () => listener())
  return { run: runOn(client), gone, onNotice, drop, end: () => client.end() }
}

/**
 * Opens the connection that writes.
 * @throws LostConnection
 */
export const connect = (url: string): Promise<Connection> => connectWith(url, writing)

/**
 * Opens a connection that reads all there is.
 * @throws LostConnection
 */
export const connectToRead = (url: string): Promise<Connection> => connectWith(url, readingAlong)

/** A read is asked again once: what was lost may have been an old connection, and the next one is good. */
const again = async <T>(read: () => Promise<T>): Promise<T> => {
  try {
    return await read()
  } catch (error) {
    const known = asStoreError(error)
    if (!(known instanceof StoreError) || known.kind !== 'away') throw known
    return read().catch((second: unknown) => {
      throw asStoreError(second)
    })
  }
}

/**
 * Connections for reads: as many as are asked at the same time, within the bound. They reject with the errors of the port.
 */
export type Readers = {
  readonly run: Run
  /** Several statements that see one state of the database. */
  snapshot<T>(read: (run: Run) => Promise<T>): Promise<T>
  end(): Promise<void>
}

/** Opens connections for reads, each when it is needed first. */
export const openReaders = (url: string): Readers => openSeveral(url, reading)

/** The same for pieces of files: whoever gives a file its name waits for the disk, and with it for its pieces. */
export const openForFiles = (url: string): Readers => openSeveral(url, filing)

const openSeveral = (url: string, asked: string): Readers => {
  // The pool waits for it, whatever its type says.
  const prepared = ((client) => client.query(asked)) as (client: pg.ClientBase) => void
  const pool = new Pool({
    ...options(url),
    max: READERS,
    idleTimeoutMillis: IDLE_MS,
    onConnect: prepared,
  })
  // One that fails while nothing is asked of it leaves the pool by itself.
  pool.on('error', () => undefined)

  const withOne = async <T>(use: (run: Run) => Promise<T>): Promise<T> => {
    const client = await pool.connect().catch((error: unknown) => {
      throw failureOf(error)
    })
    // One that fails while it is in use tells of it by the statement.
    const ignore = () => undefined
    client.on('error', ignore)
    let failure: unknown
    try {
      return await use(runOn(client))
    } catch (error) {
      failure = error
      throw error
    } finally {
      client.off('error', ignore)
      // After an error it may be in the midst of a transaction, or gone.
      client.release(failure !== undefined)
    }
  }

  return {
    run: (text, values) => again(() => withOne((run) => run(text, values))),
    snapshot: (read) =>
      again(() =>
        withOne(async (run) => {
          await run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
          const result = await read(run)
          await run('COMMIT')
          return result
        }),
      ),
    end: () => pool.end(),
  }
}
