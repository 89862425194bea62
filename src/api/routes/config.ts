/** The config of the cluster node. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginCallback, FastifyReply } from 'fastify'
import { ConfigPatch } from '../../../schemas/index.ts'
import type { Cluster, ConfigOperations } from '../../cluster/cluster.ts'
import { ConfigAnswer, ConfigUpdatedAnswer } from '../answers.ts'
import { acceptedOpaques, strongTag } from '../conditional/etag.ts'
import { configPatch, configUpdated, configView } from '../examples/config.ts'
import { operation } from '../operation/json.ts'

const read = (id: string) =>
  operation({
    id,
    tag: 'config',
    scope: 'admin',
    summary: 'The config in force',
    description:
      'A flag or variable stands before what was stored by `updateConfig`, that before the config file, that before the default. Its ETag is for `If-Match`.',
    etag: 'strong',
    answer: ConfigAnswer,
    example: { data: configView },
  })

/** The tag that `If-Match` asks for; of several the one that holds now, where one does. */
const expectedTag = async (config: ConfigOperations, accepted: readonly string[] | null): Promise<string | null> => {
  if (accepted === null) return null
  const [first = '', ...others] = accepted
  if (others.length === 0) return first
  const { tag } = await config.get()
  return accepted.includes(tag) ? tag : first
}

/** `/config`, and its other name `/cluster/config`. */
const configRoutes: FastifyPluginCallback<{ readonly cluster: Pick<Cluster, 'config'> }> = (
  instance,
  { cluster: { config } },
  done,
) => {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()

  const get = async (_request: unknown, reply: Pick<FastifyReply, 'header'>) => {
    const { tag, ...view } = await config.get()
    reply.header('ETag', strongTag(tag))
    return view
  }
  app.get('/config', read('getConfig'), get)
  app.get('/cluster/config', read('getClusterConfig'), get)

  app.put(
    '/config',
    operation({
      id: 'updateConfig',
      tag: 'config',
      scope: 'admin',
      summary: 'Change the config',
      description:
        'Merges: fields that are not named stay. It acts at once, but for the fields that say otherwise (`restart_required`). With `If-Match`, only where nobody has changed it since.',
      body: ConfigPatch,
      precondition: true,
      target: '/updated_fields',
      answer: ConfigUpdatedAnswer,
      errors: ['CONFIG_PINNED', 'STORAGE_FULL'],
      example: { request: configPatch, data: configUpdated },
    }),
    async ({ body, headers }) =>
      config.update({ patch: body, expected_tag: await expectedTag(config, acceptedOpaques(headers['if-match'])) }),
  )

  done()
}

export default configRoutes
