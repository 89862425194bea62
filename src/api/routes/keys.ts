/** API keys. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginCallback } from 'fastify'
import { ApiKeyParams, ApiKeyRequest } from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { ApiKeyCreatedAnswer, ApiKeyListAnswer, ApiKeyRemovedAnswer } from '../answers.ts'
import { keyCreated, keyList, keyRemoved, keyRequest } from '../examples/keys.ts'
import { operation } from '../operation/json.ts'

/** As instants are on the wire and kept. A leap second, which no clock here has, is refused by who would keep it. */
const inUtc = (given: string): string => {
  const ms = Date.parse(given)
  return Number.isNaN(ms) ? given : new Date(ms).toISOString()
}

/** `/keys`. */
const keyRoutes: FastifyPluginCallback<{ readonly cluster: Pick<Cluster, 'keys'> }> = (
  instance,
  { cluster: { keys } },
  done,
) => {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()

  app.get(
    '/keys',
    operation({
      id: 'listKeys',
      tag: 'access',
      scope: 'admin',
      summary: 'The API keys, without their secrets',
      description:
        'Those that the cluster keeps. Keys given by `--api-key` are not among them: they end with the server.',
      answer: ApiKeyListAnswer,
      example: { data: keyList },
    }),
    () => keys.list(),
  )

  app.post(
    '/keys',
    operation({
      id: 'createKey',
      tag: 'access',
      scope: 'admin',
      summary: 'Make an API key',
      description: 'The answer bears its secret, this once: only a hash of it is kept. It works at once.',
      body: ApiKeyRequest,
      status: 201,
      target: '/key/id',
      answer: ApiKeyCreatedAnswer,
      errors: ['STORAGE_FULL'],
      example: { request: keyRequest, data: keyCreated },
    }),
    ({ body }, reply) => {
      reply.code(201)
      const { expires_at, ...more } = body
      return keys.create(expires_at === undefined ? more : { ...more, expires_at: inUtc(expires_at) })
    },
  )

  app.delete(
    '/keys/:key_id',
    operation({
      id: 'removeKey',
      tag: 'access',
      scope: 'admin',
      summary: 'Revoke an API key',
      description:
        'At once: the streams that it opened end. The last key with the scope `admin` that holds can’t be removed (`PERMISSION_DENIED`); who has lost it gets another by `retire-cluster-api --new-admin-key`.',
      params: ApiKeyParams,
      answer: ApiKeyRemovedAnswer,
      errors: ['NOT_FOUND', 'STORAGE_FULL'],
      example: { data: keyRemoved },
    }),
    ({ params }) => keys.remove(params),
  )

  done()
}

export default keyRoutes
