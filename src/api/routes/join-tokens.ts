/** Join tokens. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginCallback } from 'fastify'
import { JoinTokenParams, JoinTokenRequest } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { JoinTokenCreatedAnswer, JoinTokenListAnswer, JoinTokenRemovedAnswer } from '../answers.ts'
import { joinTokenCreated, joinTokenList, joinTokenRemoved, joinTokenRequest } from '../examples/join-tokens.ts'
import { operation } from '../operation/json.ts'

/** `/join-tokens`. */
const joinTokenRoutes: FastifyPluginCallback<{ readonly cluster: Pick<Cluster, 'joinTokens'> }> = (
  instance,
  { cluster: { joinTokens } },
  done,
) => {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()

  app.get(
    '/join-tokens',
    operation({
      id: 'listJoinTokens',
      tag: 'access',
      scope: 'admin',
      summary: 'The tokens with which devices join, without their secrets',
      description:
        'Those that were made over the API. The node’s own, which it prints at its start, is not among them.',
      answer: JoinTokenListAnswer,
      example: { data: joinTokenList },
    }),
    () => joinTokens.list(),
  )

  app.post(
    '/join-tokens',
    operation({
      id: 'createJoinToken',
      tag: 'access',
      scope: 'admin',
      summary: 'Make a token with which devices join',
      description:
        'The answer bears its secret, this once, and the line to paste on the device: only a hash of it is kept. It works at once.',
      body: JoinTokenRequest,
      status: 201,
      target: '/join_token/id',
      answer: JoinTokenCreatedAnswer,
      errors: ['STORAGE_FULL'],
      example: { request: joinTokenRequest, data: joinTokenCreated },
    }),
    ({ body }, reply) => {
      reply.code(201)
      return joinTokens.create(body)
    },
  )

  app.delete(
    '/join-tokens/:join_id',
    operation({
      id: 'removeJoinToken',
      tag: 'access',
      scope: 'admin',
      summary: 'Revoke a join token',
      description: 'At once. The devices that joined with it stay: each has a credential of its own.',
      params: JoinTokenParams,
      answer: JoinTokenRemovedAnswer,
      errors: ['NOT_FOUND', 'STORAGE_FULL'],
      example: { data: joinTokenRemoved },
    }),
    ({ params }) => joinTokens.remove(params),
  )

  done()
}

export default joinTokenRoutes
