/** Join tokens. */
import type { CallOptions, Connection } from '../connection.ts'
import type { BodyOf, DataOf } from '../operations.ts'

/** The operations on the tokens with which devices join. */
export interface JoinTokensResource {
  list(call?: CallOptions): Promise<DataOf<'listJoinTokens'>['join_tokens']>
  /** Makes a token. Its secret, and the line to paste on the device, are shown in this answer, and never again. */
  create(body?: BodyOf<'createJoinToken'>, call?: CallOptions): Promise<DataOf<'createJoinToken'>>
  /** Revokes a token, at once; the devices that joined with it stay. */
  remove(join_id: string, call?: CallOptions): Promise<DataOf<'removeJoinToken'>>
}

/** The operations on join tokens, over a connection. */
export const joinTokensResource = (connection: Connection): JoinTokensResource => ({
  list: async (call = {}) => (await connection.call('listJoinTokens', { call })).join_tokens,
  create: (body = {}, call = {}) => connection.call('createJoinToken', { body, call }),
  remove: (join_id, call = {}) => connection.call('removeJoinToken', { path: { join_id }, call }),
})
