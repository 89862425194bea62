/** What makes something at the API is done once, though an answer is lost: it is asked for again under the same key. */
import type { CallOptions } from '../../client/connection.ts'
import { ConnectionError, isApiError, TimeoutError } from '../../client/errors.ts'
import { isCut } from './reasons.ts'
import { Remarked } from './remarked.ts'

/** How long a lost answer is asked for again. */
const PATIENCE_MS = 30_000

/** Which request of a command it is. */
export type Step = {
  /** The key of the command, as the user may give it again. */
  readonly key: string
  /** Its number, from 0 on: each request has a key of its own. */
  readonly step: number
}

/** How a request is made under a key. */
export type UnderKey = {
  readonly idempotencyKey: string
  readonly persistent?: true
  readonly call?: CallOptions
}

/** No answer says whether it is done. The message tells how it is asked for again; the cause is what went wrong. */
export class InDoubt extends Remarked {
  override readonly name = 'InDoubt'
  /** The key under which it can be asked for again. */
  readonly key: string

  constructor(key: string, cause: unknown) {
    super(`It may be done all the same: the same command with --idempotency-key ${key} does nothing twice.`, cause)
    this.key = key
  }
}

/** Of a gateway whose server is away: what it passed on may be done, or not. */
const goneBehind: ReadonlySet<number | undefined> = new Set([502, 503, 504])

const mayBeDone = (error: unknown): boolean => {
  if (isApiError(error)) return error.code === 'CLUSTER_UNAVAILABLE'
  if (!(error instanceof ConnectionError)) return false
  return error instanceof TimeoutError || goneBehind.has(error.status) || isCut(error.cause ?? error)
}

/**
 * Asks for something that must not be done twice. Where something listened a moment ago and the answer was lost, a server is
 * being started again: it is asked again for as long as patience lasts.
 * @param patienceOf - begins to wait; what it returns is aborted when patience ends
 * @throws InDoubt where that was in vain
 */
export const underKey = async <T>(
  { key, step }: Step,
  ask: (how: UnderKey) => Promise<T>,
  patienceOf = () => AbortSignal.timeout(PATIENCE_MS),
): Promise<T> => {
  const idempotencyKey = step === 0 ? key : `${key}/${step}`
  try {
    return await ask({ idempotencyKey })
  } catch (error) {
    if (!mayBeDone(error)) throw error
    const patience = patienceOf()
    try {
      return await ask({ idempotencyKey, persistent: true, call: { signal: patience } })
    } catch (last) {
      // Of the two, the first error says what happened; the last one only that patience ended.
      throw patience.aborted || mayBeDone(last) ? new InDoubt(key, error) : last
    }
  }
}
