/** API keys. */
import type { CallOptions, Connection } from '../connection.ts'
import type { BodyOf, DataOf } from '../operations.ts'

/** The operations on API keys. */
export interface KeysResource {
  list(call?: CallOptions): Promise<DataOf<'listKeys'>['keys']>
  /** Makes a key. Its secret is shown in this answer, and never again. */
  create(body: BodyOf<'createKey'>, call?: CallOptions): Promise<DataOf<'createKey'>>
  /** Revokes a key, at once. */
  remove(key_id: string, call?: CallOptions): Promise<DataOf<'removeKey'>>
}

/** The operations on API keys, over a connection. */
export const keysResource = (connection: Connection): KeysResource => ({
  list: async (call = {}) => (await connection.call('listKeys', { call })).keys,
  create: (body, call = {}) => connection.call('createKey', { body, call }),
  remove: (key_id, call = {}) => connection.call('removeKey', { path: { key_id }, call }),
})
