/**
 * Where tasks of queues in PostgreSQL leave their results, as these keep none that a client could wait for: a table of the bench's own,
 * and a notification, which PostgreSQL delivers when what it speaks of is committed.
 */
import pg from 'pg'

const CHANNEL = 'result'

/** Keeps results and tells of them, in one statement. Their parameters: the ids, and the results. */
export const KEEP_RESULTS = `
  with kept as (
    insert into result (id, value) select * from unnest($1::bigint[], $2::text[]) returning id, value
  )
  select pg_notify('${CHANNEL}', json_agg(kept)::text) from kept`

/** Waits for results. Resolves when it listens, with what makes the id of a new task and the promise of its result. */
export const listenForResults = async (connectionString) => {
  const client = new pg.Client({ connectionString })
  await client.connect()
  await client.query('create table if not exists result (id bigint primary key, value text not null)')
  await client.query(`listen ${CHANNEL}`)
  const waiting = new Map()
  client.on('notification', ({ payload }) => {
    for (const { id, value } of JSON.parse(payload)) {
      waiting.get(id)?.(value)
      waiting.delete(id)
    }
  })
  let last = 0
  return () => {
    last += 1
    const id = last
    return { id, result: new Promise((resolve) => waiting.set(id, resolve)) }
  }
}
