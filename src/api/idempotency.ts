/** Idempotency keys as HTTP has them: a header of the request, and one of the answer. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Idempotency, Replayable } from '../cluster/cluster.ts'

/** Whose the keys are where callers have no API key. */
const ANONYMOUS = 'anonymous'

/** The key of a request, and whose it is; nothing where it bears none. */
export const idempotencyOf = ({
  headers,
  apiKey,
}: Pick<FastifyRequest, 'headers' | 'apiKey'>): { readonly idempotency?: Idempotency } => {
  const key = headers['idempotency-key']
  return typeof key === 'string' ? { idempotency: { key, caller: apiKey?.id ?? ANONYMOUS } } : {}
}

/** The answer itself; that it is a replay goes into its header. */
export const tellReplay = <T extends object>(
  reply: Pick<FastifyReply, 'header'>,
  { replayed, ...answer }: Replayable<T>,
): Omit<Replayable<T>, 'replayed'> => {
  if (replayed === true) reply.header('Idempotency-Replayed', 'true')
  return answer
}
