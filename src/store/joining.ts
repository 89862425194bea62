/** How devices join: the tokens that were made, and the credentials of devices that were removed. */
import type { DatabaseSync } from 'node:sqlite'
import type { JoinTokenRecord, RevocationRecord } from '../cluster/ports/records.ts'
import { type NoArguments, query, statement } from './statement.ts'
import type { RecordsTable, Tables } from './tables.ts'

/** The tokens and the revocations. The writes are to be called inside a transaction. */
export type JoiningTables = {
  saveToken(token: JoinTokenRecord): void
  removeToken(id: string): void
  tokens(): JoinTokenRecord[]
  revoke(revocation: RevocationRecord): void
  lift(credential_hash: string): void
  /** In the order of the removals. */
  revocations(): RevocationRecord[]
}

/** Prepares the statements. */
export const joiningTables = (db: DatabaseSync): JoiningTables => {
  const saveToken = statement<RecordsTable>(db)((slot) =>
    query.replaceInto('join_tokens').values(slot.each(['id', 'record'])),
  )
  const removeToken = statement<{ id: string }>(db)((slot) =>
    query.deleteFrom('join_tokens').where('id', '=', slot('id')),
  )
  const tokens = statement<NoArguments>(db)(() => query.selectFrom('join_tokens').select('record').orderBy('id'))
  const columns = ['credential_hash', 'device_id', 'removed_ms', 'node_token_hash'] as const
  const revoke = statement<Tables['revocations']>(db)((slot) =>
    query.replaceInto('revocations').values(slot.each([...columns])),
  )
  const lift = statement<{ credential_hash: string }>(db)((slot) =>
    query.deleteFrom('revocations').where('credential_hash', '=', slot('credential_hash')),
  )
  const revocations = statement<NoArguments>(db)(() =>
    query.selectFrom('revocations').select(columns).orderBy('removed_ms'),
  )

  return {
    saveToken: (token) => void saveToken.run({ id: token.token.id, record: JSON.stringify(token) }),
    removeToken: (id) => void removeToken.run({ id }),
    tokens: () => tokens.all({}).map(({ record }) => JSON.parse(record) as JoinTokenRecord),
    revoke: (revocation) => void revoke.run({ ...revocation }),
    lift: (credential_hash) => void lift.run({ credential_hash }),
    revocations: () => revocations.all({}).map((row) => ({ ...row })),
  }
}
