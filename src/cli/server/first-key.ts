/** The keys of the API: those that were given, those in the store, and the very first one. */
import { scopes } from '../../../schemas/access.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { deedAt } from './console.ts'

/**
 * Makes a key with all scopes where there is none yet, neither given nor kept.
 * @returns its secret, which is to be shown this once; undefined where a key exists
 */
export const makeFirstKey = async (cluster: Cluster, given: readonly string[]): Promise<string | undefined> => {
  if (given.length > 0) return undefined
  const { keys } = await cluster.keys.list()
  if (keys.length > 0) return undefined
  const { secret } = await cluster.acting(deedAt('firstKey'), () =>
    cluster.keys.create({ name: 'first key', scopes: [...scopes] }),
  )
  return secret
}
