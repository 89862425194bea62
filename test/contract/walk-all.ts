/** The walk of the contract: every operation with all that it can answer, against a cluster that has no device yet. */
import type { Test } from 'tap'
import { type ApiKeyCreated, type ErrorCode, scopes } from '../../schemas/index.ts'
import { cases } from './cases.ts'
import { commonCases } from './common-cases.ts'
import { type Place, setScene, WORKER } from './scene.ts'
import { startWalk, type Walk } from './walk.ts'

/** The key with which it is asked, which holds all scopes. */
export const KEY = 'your-secret-key'

/** Flags of what serves the API, beside the key: so many requests are made in a short time. */
export const LIMITS = ['--rate-limit-read', '1000000', '--rate-limit-write', '1000000'] as const

/** Flags of the node: telemetry changes nothing meanwhile. */
export const QUIET = ['--heartbeat-interval', '60'] as const

/** Documented, and not provoked by this walk. */
const unprovoked: Partial<Record<ErrorCode, string>> = {
  INTERNAL_ERROR: 'only a fault of the product makes one',
  STORAGE_FULL: 'needs a disk that is full',
  RATE_LIMIT_EXCEEDED: 'limits.test.ts',
  CLUSTER_UNAVAILABLE: 'outage.test.ts',
}

/** Every operation lets in the keys of exactly one scope: none implies another (CONTRACT.md §4). */
const checkScopes = async (walk: Walk, params: Record<string, string>) => {
  const keys: string[] = []
  for (const scope of scopes) {
    const { secret } = await walk.succeed<ApiKeyCreated>('createKey', 201, { body: { name: scope, scopes: [scope] } })
    keys.push(secret)
  }
  for (const { id, isOpen } of walk.law.operations) {
    if (isOpen) continue
    const refused: string[] = []
    for (const [index, secret] of keys.entries()) {
      const headers = { 'X-API-Key': secret }
      const call = { params, headers, query: { no_such_parameter: '1' } }
      const response = await fetch(walk.url + walk.pathOf(id, call), { method: walk.operation(id).method, headers })
      await response.arrayBuffer()
      if (response.status !== 403) continue
      await walk.refuse(id, 'PERMISSION_DENIED', call)
      refused.push(scopes[index] ?? '')
    }
    walk.t.equal(refused.length, 2, `${id} is refused to keys of ${refused.join(' and ')}`)
  }
}

/** Walks all operations of the API at `url`. */
export const walkAll = async (t: Test, url: string, place: Place): Promise<void> => {
  const walk = await startWalk(t, url, KEY)
  t.same(new Set(walk.law.operations.map(({ id }) => id)), new Set(Object.keys(cases)), 'every operation has its cases')

  const scene = await setScene(walk, place)
  const params = {
    device_id: WORKER,
    task_id: scene.completed,
    batch_id: scene.batch,
    key_id: 'key-none',
    join_id: 'join-none',
    sha256: scene.file,
  }
  for (const operation of walk.law.operations) await commonCases(walk, operation, params)
  for (const act of Object.values(cases)) await act(walk, scene)
  await checkScopes(walk, params)

  const known = Object.keys(unprovoked)
  for (const { id } of walk.law.operations)
    t.same(
      walk.unseen(id).filter((answer) => !known.includes(answer)),
      [],
      `all that ${id} can answer was seen`,
    )
}
