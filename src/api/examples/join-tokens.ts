/** Examples of join tokens. */
import type {
  JoinToken,
  JoinTokenCreated,
  JoinTokenList,
  JoinTokenRemoved,
  JoinTokenRequest,
} from '../../../schemas/index.ts'

/** For a box of thirty phones, within the hour. */
export const joinTokenRequest = {
  tags: ['lab'],
  role: 'mobile',
  auto_approve: true,
  expires_in: 3600,
  max_uses: 30,
} satisfies JoinTokenRequest

const join_token: JoinToken = {
  id: 'join-8w2c6n0v4b',
  tags: ['lab'],
  role: 'mobile',
  auto_approve: true,
  created_at: '2026-11-24T12:00:00.000Z',
  expires_at: '2026-11-24T13:00:00.000Z',
  max_uses: 30,
  uses: 0,
}

const secret = 'rcj_Zt5rQ1sXw8yB3dF6hJ9kM2nP4qR7tV0xA5cE8gI1lO4.m3T6w9z2C5F8i1L4o7R0u3X6a9D2g5J8m1P4s7V0y3B'

/** The token as it is made: nobody sees its secret again. */
export const joinTokenCreated: JoinTokenCreated = {
  join_token,
  secret,
  command: `curl -fsSk --pinnedpubkey sha256//m3T6w9z2C5F8i1L4o7R0u3X6a9D2g5J8m1P4s7V0y3B= https://192.168.1.100:8080/join | sh -s -- ${secret}`,
  join_url: `https://192.168.1.100:8080/join#${secret}`,
}

/** The tokens of a cluster: half of the box has joined. */
export const joinTokenList: JoinTokenList = { join_tokens: [{ ...join_token, uses: 15 }] }

/** The box is empty. */
export const joinTokenRemoved: JoinTokenRemoved = { removed_join_token: join_token.id }
