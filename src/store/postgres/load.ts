/** What the node starts from. */
import type { AuditAnchor, ConfigPatch } from '../../../schemas/index.ts'
import type { DeviceCounters, JoinTokenRecord, KeyRecord, RevocationRecord } from '../../cluster/ports/records.ts'
import type { StoredState } from '../../cluster/ports/store.ts'
import { deviceOf } from '../rows.ts'
import { recordOf, type TaskRow } from '../task-record.ts'
import type { Run } from './run.ts'

/** The row of a key or a join token. */
type Kept = { record: string }

const recordsOf = <Record>(rows: readonly Kept[]): Record[] => rows.map(({ record }) => JSON.parse(record) as Record)

/** Reads all of it; the caller sees to it that it is one state. */
export const loadState = async (run: Run): Promise<StoredState> => {
  const all = async <Row extends object>(text: string) => (await run<Row>(text)).rows
  const [head] = await all<{ epoch: number; last_event_sequence: number; last_task_sequence: number }>(
    `SELECT value AS epoch, last_event_sequence, last_task_sequence FROM head, meta WHERE name = 'epoch'`,
  )
  if (head === undefined) throw new Error('the store has lost its head')
  const [config] = await all<{ patch: string }>('SELECT patch FROM config')
  const [auditHead] = await all<AuditAnchor>(
    `SELECT sequence, hash FROM (SELECT sequence, hash FROM audit UNION ALL SELECT sequence, hash FROM audit_anchor) AS line
      ORDER BY sequence DESC LIMIT 1`,
  )
  return {
    epoch: head.epoch,
    lastEventSequence: head.last_event_sequence,
    lastTaskSequence: head.last_task_sequence,
    devices: (await all<Kept>('SELECT record FROM devices ORDER BY id')).map(deviceOf),
    counters: await all<DeviceCounters>('SELECT device_id, completed, failed FROM counters ORDER BY device_id'),
    unfinishedTasks: (
      await all<TaskRow>(`SELECT record, payload FROM tasks WHERE status IN ('pending', 'running') ORDER BY sequence`)
    ).map(recordOf),
    keys: recordsOf<KeyRecord>(await all('SELECT record FROM keys ORDER BY id')),
    joinTokens: recordsOf<JoinTokenRecord>(await all('SELECT record FROM join_tokens ORDER BY id')),
    revocations: await all<RevocationRecord>(
      'SELECT credential_hash, device_id, removed_ms, node_token_hash FROM revocations ORDER BY removed_ms',
    ),
    auditHead,
    config: JSON.parse(config?.patch ?? '{}') as ConfigPatch,
  }
}
