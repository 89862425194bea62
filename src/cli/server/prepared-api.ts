/** The API server as the flags say, built first and opened later: while it is built, other things are made ready. */
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { buildApi } from '../../api/app.ts'
import type { Limits } from '../../api/limits/budgets.ts'
import { clusterKeys, firstOf, staticKeys } from '../../api/security/keys.ts'
import { toBytes } from '../../cluster/sizes.ts'
import type { Closing } from '../lifetime.ts'
import type { Values } from '../options/flag.ts'
import { version } from '../version.ts'
import type { apiFlags } from './api-flags.ts'
import type { ApiCertificate } from './certificate/api.ts'
import { hostNames } from './host-names.ts'
import type { Served } from './node-start.ts'
import type { ApiDoor } from './invitation.ts'
import { listening } from './listen-failure.ts'

type ApiValues = Values<typeof apiFlags>

const limitsOf = (values: ApiValues): Limits | null =>
  values.no_rate_limit
    ? null
    : {
        read: values.rate_limit_read,
        write: values.rate_limit_write,
        streams: values.rate_limit_streams,
        transferBytes: toBytes(values.rate_limit_bytes),
        transfers: values.rate_limit_transfers,
      }

/** An API server that is ready to listen. */
export type PreparedApi = {
  /** Listens, until `closing`. @throws StartError */
  open(closing: Closing): Promise<ApiDoor>
}

/** Builds the API server of a cluster. */
export const prepareApi = async ({
  cluster,
  mode,
  count,
  members,
  values,
  certificate,
  log,
}: Served & {
  readonly values: ApiValues
  readonly certificate: ApiCertificate | undefined
  readonly log: Logger
}): Promise<PreparedApi> => {
  const auth = values.auth ? firstOf(staticKeys(values.api_key), clusterKeys(cluster)) : null
  const tls = certificate?.certificate ?? null
  const api = await buildApi({
    cluster,
    version,
    log,
    auth,
    mode,
    ...(count === undefined ? {} : { count }),
    ...(members === undefined ? {} : { members }),
    limits: limitsOf(values),
    hostNames: hostNames(values.allowed_host, values.host),
    corsOrigins: values.cors_origin,
    trustedProxies: values.trust_proxy,
    tls,
  })
  return {
    open: async (closing) => {
      closing.add('api', () => api.close())
      const { host, port } = values
      // One line of the log says "listening", and bears the port (CONTRACT.md §8): Fastify's own does not.
      const listenTextResolver = (address: string): string => `api opened at ${address}`
      await listening({ host, port, flags: ['--port', '--host'] }, api.listen({ host, port, listenTextResolver }))
      const opened = (api.server.address() as AddressInfo).port
      return { host, port: opened, scheme: tls === null ? 'http' : 'https', pin: certificate?.pin }
    },
  }
}
