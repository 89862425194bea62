/** The database, its connections and its lease taken away in the midst of commits: no commit is lost, none is written twice. */
import { join } from 'node:path'
import pg from 'pg'
import t, { type Test } from 'tap'
import { type Store, StoreError } from '../../../src/cluster/ports/store.ts'
import { changes, eventRow, taskRow } from '../../store/rows.ts'
import { openPlace } from './places.ts'
import { type PostgresServer, startPostgres } from './server.ts'

/** Service has to be there again so soon, milliseconds. The deadline is generous beside it: other tests run at the same time. */
const DEADLINE_MS = 30_000

/** Of the test, in its database. */
const LOCK = 7

const server = await startPostgres(t)
let databases = 0

const open = async (t: Test) => {
  const url = await server.database(`fault_${(databases += 1)}`)
  const dataDir = t.testdir({ other: {} })
  const store = await openPlace({ url, dataDir })
  return { store, url, dataDir }
}

/** Commits one after another until it is told to stop, as the unit of work does. Tells what became of each. */
const committing = (store: Store) => {
  const acknowledged = new Set<number>()
  const lost = new Set<number>()
  let doubts = 0
  const stopping = new AbortController()
  const one = async (sequence: number): Promise<void> => {
    try {
      await store.commit(changes({ tasks: [taskRow(sequence)], events: [eventRow(sequence)] }))
      acknowledged.add(sequence)
    } catch (error) {
      if (!(error instanceof StoreError) || error.kind !== 'away') throw error
      if (error.outcome !== undefined) doubts += 1
      // Where it is known only later, nothing else is written before.
      const outcome = (await error.outcome) ?? 'lost'
      if (outcome === 'written') acknowledged.add(sequence)
      else lost.add(sequence)
      if (error.outcome === undefined) await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const ended = (async () => {
    for (let sequence = 1; !stopping.signal.aborted; sequence += 1) await one(sequence)
  })()
  return {
    acknowledged,
    doubts: () => doubts,
    /** Waits until so many more are acknowledged. */
    more: async (count: number) => {
      const enough = acknowledged.size + count
      for (const deadline = performance.now() + DEADLINE_MS; acknowledged.size < enough;) {
        if (performance.now() > deadline) throw new Error(`only ${acknowledged.size} of ${enough} commits`)
        await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5))])
      }
    },
    stop: async () => {
      stopping.abort()
      await ended
      return { acknowledged: [...acknowledged], lost: [...lost] }
    },
  }
}

const sequencesIn = async (server: PostgresServer, url: string): Promise<number[]> => {
  const text = 'SELECT sequence::int FROM retire_cluster.tasks ORDER BY sequence'
  return (await server.query<{ sequence: number }>(url, text)).map(({ sequence }) => sequence)
}

void t.test('kill -9 of the database in the midst of commits: exactly what was acknowledged is there', async (t) => {
  const { store, url } = await open(t)
  const load = committing(store)
  for (let kill = 0; kill < 3; kill += 1) {
    await load.more(20 + kill * 13)
    await server.kill()
    await server.start()
  }
  await load.more(10)
  const { acknowledged } = await load.stop()
  t.strictSame(await sequencesIn(server, url), acknowledged)
  const journal = await server.query<{ events: number }>(
    url,
    'SELECT last_sequence::int AS events FROM retire_cluster.journal ORDER BY last_sequence',
  )
  t.strictSame(
    journal.map(({ events }) => events),
    acknowledged,
    'and each of it once',
  )
  t.equal((await store.load()).lastTaskSequence, Math.max(...acknowledged))
  await store.close()
})

void t.test('connections that are terminated in the midst of commits, and of reads', async (t) => {
  const { store, url } = await open(t)
  const load = committing(store)
  for (let time = 0; time < 30; time += 1) {
    await load.more(5)
    const reading = store.tasks({}, { limit: 10 })
    await server.terminate(url)
    // Both connections of a read may be hit.
    await reading.catch((error: unknown) => t.match(error, { name: 'StoreError', kind: 'away' }))
  }
  await load.more(5)
  const { acknowledged } = await load.stop()
  t.strictSame(await sequencesIn(server, url), acknowledged)
  t.comment(`${load.doubts()} commits were in doubt`)
  await store.close()
})

void t.test('a commit whose answer is lost on the way is found again, and is not written a second time', async (t) => {
  const { store, url } = await open(t)
  await store.commit(changes({ tasks: [taskRow(1)] }))
  // The commit waits for a lock that the test has; it goes through after its connection is gone from the node's side.
  const trigger = `
    CREATE FUNCTION retire_cluster.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM pg_advisory_xact_lock_shared(${LOCK});
      RETURN NULL;
    END $$;
    CREATE TRIGGER slow AFTER INSERT ON retire_cluster.journal FOR EACH STATEMENT EXECUTE FUNCTION retire_cluster.slow()`
  await server.query(url, trigger)
  const holder = new pg.Client({ connectionString: url })
  await holder.connect()
  await holder.query(`SELECT pg_advisory_lock(${LOCK})`)
  const refused = await store
    .commit(changes({ tasks: [taskRow(2)], events: [eventRow(2)] }))
    .catch((error: unknown) => error)
  t.match(refused, { name: 'StoreError', kind: 'away' }, 'after ten seconds without an answer it counts as lost')
  await t.rejects(
    store.commit(changes({ tasks: [taskRow(3)] })),
    { name: 'StoreError', kind: 'away' },
    'nothing is written meanwhile',
  )
  await holder.end()
  t.equal(await (refused as StoreError).outcome, 'written')
  t.strictSame(await sequencesIn(server, url), [1, 2])
  await store.commit(changes({ tasks: [taskRow(4)] }))
  t.strictSame(await sequencesIn(server, url), [1, 2, 4])
  await store.close()
})

void t.test('a second node is refused while the first lives, and a deposed one changes nothing', async (t) => {
  const { store: first, url, dataDir } = await open(t)
  await first.commit(changes({ tasks: [taskRow(1)] }))
  const again = (dataDir: string) => openPlace({ url, dataDir })
  await t.rejects(again(dataDir), { name: 'DataDirectoryError' }, 'not in the same directory')
  const elsewhere = () => again(join(dataDir, 'other'))
  await t.rejects(elsewhere(), { name: 'DatabaseError', kind: 'taken' })

  // As if it had been stopped for longer than its lease: another one has come.
  await server.query(url, `UPDATE retire_cluster.head SET until = '-infinity', holder = 'gone'`)
  const second = await elsewhere()
  await second.commit(changes({ tasks: [taskRow(2)] }))
  await t.rejects(first.commit(changes({ tasks: [taskRow(3)] })), { name: 'StoreError', kind: 'deposed' })
  await t.rejects(first.probe(), { name: 'StoreError', kind: 'deposed' })
  await t.rejects(first.commit(changes({ tasks: [taskRow(4)] })), { name: 'StoreError', kind: 'deposed' }, 'for good')
  await second.commit(changes({ tasks: [taskRow(5)] }))
  t.strictSame(await sequencesIn(server, url), [1, 2, 5])
  await first.close()
  await second.commit(changes({ tasks: [taskRow(6)] }))
  await second.close()
  const [head] = await server.query<{ holder: string | null }>(url, 'SELECT holder FROM retire_cluster.head')
  t.match(head, { holder: null }, 'who ends in order lets others in at once')
})

void t.test('one that is deposed while its connection is lost ends, and what was in doubt stays so', async (t) => {
  const { store, url } = await open(t)
  await store.commit(changes({ tasks: [taskRow(1)] }))
  await server.query(url, `UPDATE retire_cluster.head SET holder = 'another', term = term + 1, until = 'infinity'`)
  await server.terminate(url)
  const refused = async () => {
    for (const deadline = performance.now() + DEADLINE_MS; performance.now() < deadline;) {
      const error: unknown = await store.commit(changes({ tasks: [taskRow(2)] })).catch((error: unknown) => error)
      if (error instanceof StoreError && error.kind === 'deposed') return error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return undefined
  }
  t.match(await refused(), { name: 'StoreError', kind: 'deposed' })
  t.strictSame(await sequencesIn(server, url), [1])
  await store.close()
})

void t.test('a database that lacks what was acknowledged is not gone on with, and begins a new epoch', async (t) => {
  const url = await server.database(`fault_${(databases += 1)}`)
  const told = Promise.withResolvers<unknown>()
  const store = await openPlace({ url, dataDir: t.testdir(), onBroken: (error) => told.resolve(error) })
  const epochOf = async () =>
    (
      await server.query<{ value: number }>(url, `SELECT value::float8 FROM retire_cluster.meta WHERE name = 'epoch'`)
    )[0]
  for (const sequence of [1, 2, 3])
    await store.commit(changes({ tasks: [taskRow(sequence)], events: [eventRow(sequence)] }))
  const before = await epochOf()
  // As a replica that had the first commit when it was promoted.
  await server.query(
    url,
    `SET search_path = retire_cluster;
      DELETE FROM tasks WHERE sequence > 1;
      UPDATE head SET commits = commits - 2`,
  )
  await server.terminate(url)
  t.match(await told.promise, { name: 'StoreError', kind: 'broken', message: /lacks the last 2 changes/ })
  await t.rejects(store.commit(changes({ tasks: [taskRow(4)] })), { name: 'StoreError', kind: 'broken' })
  t.strictSame(await sequencesIn(server, url), [1], 'nothing is built on it')
  const after = await epochOf()
  t.ok((after?.value ?? 0) > (before?.value ?? 0), `${before?.value} ${after?.value}`)
  await store.close()
})

void t.test('a node that does nothing hears by itself that another has its lease', async (t) => {
  const url = await server.database(`fault_${(databases += 1)}`)
  const told = Promise.withResolvers<unknown>()
  const store = await openPlace({ url, dataDir: t.testdir(), onBroken: (error) => told.resolve(error) })
  await server.query(url, `UPDATE retire_cluster.head SET holder = 'another', term = term + 1, until = 'infinity'`)
  t.match(await told.promise, { name: 'StoreError', kind: 'deposed', message: /another node/ })
  await t.rejects(store.commit(changes({ tasks: [taskRow(1)] })), { name: 'StoreError', kind: 'deposed' })
  await store.close()
})

void t.test('a server that has become read-only is given up, and looked for again by its address', async (t) => {
  const { store, url } = await open(t)
  const writer = async () => {
    const rows = await server.query<{ pid: number }>(
      url,
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'retire-cluster' AND datname = current_database()`,
    )
    return rows.map(({ pid }) => pid)
  }
  const before = await writer()
  // Its old connections stay as they are: as with a server that was replaced, only a new one gets through.
  await server.query(
    url,
    `CREATE FUNCTION retire_cluster.replaced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF pg_backend_pid() = ${before[0]} THEN RAISE EXCEPTION 'read-only' USING ERRCODE = '25006'; END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER replaced AFTER INSERT ON retire_cluster.journal EXECUTE FUNCTION retire_cluster.replaced()`,
  )
  const first = changes({ tasks: [taskRow(1)], events: [eventRow(1)] })
  await t.rejects(store.commit(first), { name: 'StoreError', kind: 'away', outcome: undefined })
  const written = async () => {
    for (const deadline = performance.now() + DEADLINE_MS; performance.now() < deadline;) {
      const isWritten = await store.commit(first).then(
        () => true,
        () => false,
      )
      if (isWritten) return true
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return false
  }
  t.ok(await written(), 'it is written by another connection')
  t.notMatch(await writer(), before)
  await store.close()
})

void t.test('what the server has no room for is refused whole, and there is room again once it has some', async (t) => {
  const { store, url } = await open(t)
  await store.commit(changes({ tasks: [taskRow(1)] }))
  await server.query(
    url,
    `CREATE FUNCTION retire_cluster.full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
    END $$;
    CREATE TRIGGER full_disk AFTER INSERT ON retire_cluster.journal EXECUTE FUNCTION retire_cluster.full();
    CREATE TRIGGER full_disk_too AFTER UPDATE ON retire_cluster.meta EXECUTE FUNCTION retire_cluster.full()`,
  )
  await t.rejects(store.commit(changes({ tasks: [taskRow(2)], events: [eventRow(1)] })), {
    name: 'StoreError',
    kind: 'full',
  })
  t.equal(store.hasRoom(), false)
  t.equal(await store.regainRoom(), false)
  await server.query(
    url,
    'DROP TRIGGER full_disk ON retire_cluster.journal; DROP TRIGGER full_disk_too ON retire_cluster.meta',
  )
  t.equal(await store.regainRoom(), true)
  t.strictSame(await sequencesIn(server, url), [1])
  await store.commit(changes({ tasks: [taskRow(2)], events: [eventRow(1)] }))
  await store.close()
})

void t.test('a serialization failure is tried again, and nobody hears of it', async (t) => {
  const { store, url } = await open(t)
  await server.query(
    url,
    `CREATE SEQUENCE retire_cluster.times;
    CREATE FUNCTION retire_cluster.once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF nextval('retire_cluster.times') = 1 THEN RAISE EXCEPTION 'once' USING ERRCODE = '40001'; END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER once AFTER INSERT ON retire_cluster.journal EXECUTE FUNCTION retire_cluster.once()`,
  )
  await store.commit(changes({ tasks: [taskRow(1)], events: [eventRow(1)] }))
  t.strictSame(await sequencesIn(server, url), [1])
  await store.close()
})
