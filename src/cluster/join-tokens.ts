/** Join tokens: made here, kept hashed, shown once with the line to paste. */
import { JOIN_TOKEN_SECONDS, type JoinToken, MOST_JOIN_TOKENS } from '../../schemas/index.ts'
import type { JoinTokenOperations } from './cluster.ts'
import { ClusterError } from './errors.ts'
import { hashSecret, newJoinId, newJoinSecret } from './identifiers.ts'
import { toInstant } from './instants.ts'
import type { Clock } from './ports/clock.ts'
import type { Invite } from './ports/link.ts'
import type { State } from './state.ts'
import type { Transaction, UnitOfWork } from './unit-of-work.ts'

const isOver = ({ expires_at }: JoinToken, now: number) => expires_at !== null && Date.parse(expires_at) <= now
const isUsedUp = ({ max_uses, uses }: JoinToken) => max_uses !== null && uses >= max_uses

const refused = (reason: string) => new ClusterError('AUTHENTICATION_REQUIRED', { reason })

/**
 * The token with this secret; undefined where none was made.
 * @throws ClusterError `AUTHENTICATION_REQUIRED` where it lets nobody in any more
 */
export const findJoinToken = (state: State, secret: string, now: number): JoinToken | undefined => {
  // Hashes of 256 random bits: how long it takes to find one tells nothing of the secret.
  const token = state.joinTokenOf(hashSecret(secret))?.token
  if (token === undefined) return undefined
  if (isOver(token, now))
    throw refused(`the join token expired at ${token.expires_at}; make another one: retire-cluster tokens create`)
  if (isUsedUp(token)) throw refused('the join token is used up; make another one: retire-cluster tokens create')
  return token
}

/** Counts a use of a token, as part of the hello of the device that joins with it. */
export const useJoinToken = (state: State, tx: Transaction, { id }: JoinToken): void => {
  const record = state.joinTokens.get(id)
  if (record !== undefined) tx.putJoinToken({ ...record, token: { ...record.token, uses: record.token.uses + 1 } })
}

/**
 * Makes room for one more token: where there are as many as a cluster keeps, one that lets nobody in any more goes.
 * @throws ClusterError `VALIDATION_ERROR` where each of them still lets devices in
 */
const makeRoom = (state: State, tx: Transaction, now: number): void => {
  if (state.joinTokens.size < MOST_JOIN_TOKENS) return
  for (const { token } of state.joinTokens.values())
    if (isOver(token, now) || isUsedUp(token)) {
      tx.removeJoinToken(token.id)
      return
    }
  throw new ClusterError('VALIDATION_ERROR', {
    reason: `there are ${MOST_JOIN_TOKENS} join tokens, as many as a cluster keeps; remove some`,
  })
}

/** What the operations work with. */
export type JoinTokenContext = {
  readonly state: State
  readonly work: UnitOfWork
  readonly clock: Clock
  readonly invite: Invite
}

/** The operations on join tokens. */
export const createJoinTokenOperations = ({ state, work, clock, invite }: JoinTokenContext): JoinTokenOperations => ({
  list: () =>
    work.read(() => {
      const join_tokens = [...state.joinTokens.values()].map(({ token }) => token)
      return { join_tokens: join_tokens.sort((a, b) => (a.created_at < b.created_at ? -1 : 1)) }
    }),
  create: async ({
    tags = [],
    role = null,
    auto_approve = false,
    expires_in = JOIN_TOKEN_SECONDS,
    max_uses = null,
  }) => {
    const secret = newJoinSecret()
    const { token, command, url } = await invite(secret)
    return work.run((tx) => {
      const now = clock.now()
      makeRoom(state, tx, now)
      const join_token = {
        id: newJoinId(),
        tags,
        role,
        auto_approve,
        created_at: toInstant(now),
        expires_at: toInstant(now + expires_in * 1000),
        max_uses,
        uses: 0,
      }
      tx.putJoinToken({ token: join_token, secret_hash: hashSecret(secret) })
      return () => ({ join_token, secret: token, command, join_url: url })
    })
  },
  remove: ({ join_id }) =>
    work.run((tx) => {
      if (!state.joinTokens.has(join_id))
        throw new ClusterError('NOT_FOUND', { path: `/api/v1/join-tokens/${join_id}` })
      tx.removeJoinToken(join_id)
      return () => ({ removed_join_token: join_id })
    }),
})
