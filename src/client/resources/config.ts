/** The config of the cluster. */
import type { CallOptions, Connection } from '../connection.ts'
import type { BodyOf, DataOf } from '../operations.ts'

/** The operations on the config. */
export interface ConfigResource {
  get(call?: CallOptions): Promise<DataOf<'getConfig'>['config']>
  /** Changes the named fields, and leaves the others as they are. */
  update(patch: BodyOf<'updateConfig'>, call?: CallOptions): Promise<DataOf<'updateConfig'>>
}

/** The operations on the config, over a connection. */
export const configResource = (connection: Connection): ConfigResource => ({
  get: async (call = {}) => (await connection.call('getConfig', { call })).config,
  update: (body, call = {}) => connection.call('updateConfig', { body, call }),
})
