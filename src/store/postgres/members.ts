/** The rows of members and of what they share. */
import type { ConfigPatch } from '../../../schemas/index.ts'
import type { Member } from '../../cluster/ports/members.ts'
import type { Glance, Introduction, SecretName } from '../membership.ts'
import type { Run } from './run.ts'

/** A node that was away for so long is not coming back. */
const FORGOTTEN = '30 days'

/** Tells that this node lives. Of a node that ran at its address before nothing stays, nor of one that was away for long. */
export const prolong = async (
  run: Run,
  id: string,
  { host, port, fingerprint, version }: Introduction,
): Promise<void> => {
  await run(
    `WITH gone AS (
        DELETE FROM members
          WHERE (host = $2 AND port = $3 AND id <> $1) OR seen < clock_timestamp() - interval '${FORGOTTEN}'
      )
      INSERT INTO members VALUES ($1, $2, $3, $4, $5, clock_timestamp()) ON CONFLICT (id) DO UPDATE SET seen = excluded.seen`,
    [id, host, port, fingerprint, version],
  )
}

/** Says that this node is away. Where it was stays known: a device may be told of it before it is back. */
export const withdraw = async (run: Run, id: string): Promise<void> => {
  await run(`UPDATE members SET seen = clock_timestamp() - interval '1 minute' WHERE id = $1`, [id])
}

/** Looks at all of it. */
export const look = async (run: Run): Promise<Glance> => {
  const { rows: all } = await run<Omit<Member, 'lastSeenMs'> & { last_seen_ms: number; lives: boolean }>(
    `SELECT members.id, host, port, fingerprint, version, members.id IS NOT DISTINCT FROM holder AS schedules,
        (extract(epoch FROM seen) * 1000)::float8 AS last_seen_ms, seen > clock_timestamp() - interval '1 minute' AS lives
      FROM members, head ORDER BY host, port, members.id`,
  )
  // An instant that is infinite cannot be subtracted: before the first lease it is.
  const { rows } = await run<{ left_ms: number; schema: number }>(
    `SELECT CASE WHEN holder IS NULL OR until <= clock_timestamp() THEN 0
        ELSE (extract(epoch FROM until - clock_timestamp()) * 1000)::float8 END AS left_ms, value AS schema
      FROM head, meta WHERE name = 'schema'`,
  )
  const [lease] = rows
  if (lease === undefined) throw new Error('the store has lost its head')
  return {
    members: all
      .filter(({ lives }) => lives)
      .map(({ last_seen_ms, id, host, port, fingerprint, version, schedules }) => ({
        ...{ id, host, port, fingerprint, version, schedules },
        lastSeenMs: Math.floor(last_seen_ms),
      })),
    nodes: all.map(({ host, port, fingerprint }) => ({ host, port, fingerprint })),
    leftMs: lease.left_ms,
    schema: lease.schema,
  }
}

/** A secret as the cluster has it; that of the first node that asks becomes it. */
export const sharedSecret = async (run: Run, name: SecretName, own: string): Promise<string> => {
  await run('INSERT INTO secrets VALUES ($1, $2) ON CONFLICT (name) DO NOTHING', [name, own])
  const { rows } = await run<{ value: string }>('SELECT value FROM secrets WHERE name = $1', [name])
  return rows[0]?.value ?? own
}

/** What `PUT /config` stored. */
export const storedConfig = async (run: Run): Promise<ConfigPatch> => {
  const { rows } = await run<{ patch: string }>('SELECT patch FROM config')
  return JSON.parse(rows[0]?.patch ?? '{}') as ConfigPatch
}
