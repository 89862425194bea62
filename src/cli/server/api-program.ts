/** `retire-cluster-api`: the API server, with the cluster node in the same process. */
import type { FastifyInstance } from 'fastify'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buildApi } from '../../api/app.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { Limits } from '../../api/limits/budgets.ts'
import { clusterKeys, firstOf, staticKeys } from '../../api/security/keys.ts'
import { openLog } from '../logging.ts'
import { serve, untilStopped } from '../lifetime.ts'
import { type Program, readCommandLine } from '../options/command-line.ts'
import { type Environment, flagName, type Values, variableName } from '../options/flag.ts'
import { nodeSettings, settingSections } from '../options/settings.ts'
import { workerProgram } from '../package-files.ts'
import { version } from '../version.ts'
import { apiFlags } from './api-flags.ts'
import { startNode } from './embedded-node.ts'
import { refuseExposure } from './exposure.ts'
import { makeFirstKey } from './first-key.ts'
import { hostNames } from './host-names.ts'
import { introduction, invitation, say } from './invitation.ts'
import { worded } from './known-failures.ts'
import { inUrl, localHost } from './lan-address.ts'
import { listening } from './listen-failure.ts'
import { keepLocalWorker } from './local-worker.ts'
import { makeAdminKey } from './new-admin-key.ts'
import { restorationOf } from './node-flags.ts'
import { elsewhere, refuseOwnNode, speakFor } from './remote-node.ts'
import { terminalLevel } from './terminal-level.ts'

const program: Program<typeof apiFlags> = {
  name: 'retire-cluster-api',
  summary: 'Runs the API server, and the cluster node in the same process.',
  flags: apiFlags,
  sections: settingSections,
  examples: [
    'retire-cluster-api --local-worker',
    'retire-cluster-api --host 0.0.0.0 --port 8081 --auth',
    'RETIRE_CLUSTER_API_KEY=your-secret-key retire-cluster-api --auth',
    'retire-cluster-api --new-admin-key',
    'retire-cluster-api --cluster-host 192.168.1.100 --cluster-port 8080 --cluster-token TOKEN',
  ],
}

const limitsOf = (values: Values<typeof apiFlags>): Limits | null =>
  values.no_rate_limit
    ? null
    : { read: values.rate_limit_read, write: values.rate_limit_write, streams: values.rate_limit_streams }

const openApi = async (api: FastifyInstance, host: string, port: number): Promise<number> => {
  // One line of the log says "listening", and bears the port (CONTRACT.md §8): Fastify's own does not.
  const listenTextResolver = (address: string): string => `api opened at ${address}`
  await listening({ host, port, flags: ['--port', '--host'] }, api.listen({ host, port, listenTextResolver }))
  return (api.server.address() as AddressInfo).port
}

/**
 * Runs the API server until it is told to stop.
 * @returns the exit code
 */
export const runApi = (argv: readonly string[], environment: Environment): Promise<number> =>
  worded(async () => {
    const commandLine = await readCommandLine(program, argv, environment)
    const { values, sources } = commandLine
    const settings = nodeSettings(commandLine, commandLine.file)
    const restore = restorationOf(values)
    refuseExposure({ ...values, keyFlag: sources.api_key === 'flag' })
    const level = terminalLevel(sources.log_level, settings.effective.logging.level)
    const log = openLog({ level, program: program.name })
    for (const key of ['api_key', 'cluster_token', 'join_token'] as const)
      if (sources[key] === 'flag')
        log.warn(
          { flag: flagName(key), variable: variableName(key) },
          'a secret on the command line is seen by all users of this machine; prefer the variable',
        )

    const { data_dir: dataDir, join_token: joinToken, cluster_host: clusterHost } = values
    if (clusterHost !== undefined) refuseOwnNode(values)
    if (values.new_admin_key) {
      await makeAdminKey({ dataDir, restore, settings, log })
      return 0
    }

    return serve(log, async (closing) => {
      const serveApi = async (cluster: Cluster, mode: 'embedded' | 'remote'): Promise<number> => {
        const auth = values.auth ? firstOf(staticKeys(values.api_key), clusterKeys(cluster)) : null
        const api = await buildApi({
          cluster,
          version,
          log,
          auth,
          mode,
          limits: limitsOf(values),
          hostNames: hostNames(values.allowed_host, values.host),
          corsOrigins: values.cors_origin,
          trustedProxies: values.trust_proxy,
        })
        closing.add('api', () => api.close())
        return openApi(api, values.host, values.port)
      }
      const tellFirstKey = async (cluster: Cluster) => {
        const key = values.auth ? await makeFirstKey(cluster, values.api_key) : undefined
        return key === undefined ? [] : [`  API key    ${key}   (shown this once: keep it)`]
      }

      if (clusterHost !== undefined) {
        const node = { host: clusterHost, port: settings.effective.server.port, token: values.cluster_token }
        const { cluster, reached } = speakFor(node, log, closing)
        const port = await serveApi(cluster, 'remote')
        say([...introduction({ api: { host: values.host, port } }), ...elsewhere(node)])
        log.info({ host: values.host, port, cluster_host: clusterHost, cluster_port: node.port }, 'listening')
        // Keys are kept by the node: whether there is one is known once it is reached.
        reached
          .then(() => tellFirstKey(cluster))
          .then(say)
          .catch((error: unknown) => log.error({ err: error }, 'no first key could be made'))
        return untilStopped
      }

      const { allowed_host: allowedHosts } = values
      const node = await startNode(
        { dataDir, restore, joinToken, allowedHosts, settings, log, servesApis: false },
        closing,
      )
      const port = await serveApi(node.cluster, 'embedded')
      const firstKey = await tellFirstKey(node.cluster)
      say([...introduction({ dataDir, api: { host: values.host, port } }), ...firstKey, ...(await invitation(node))])
      log.info({ host: values.host, port, cluster_port: node.port }, 'listening')
      if (values.local_worker) {
        const worker = keepLocalWorker({
          program: workerProgram,
          dataDir: join(dataDir, 'worker'),
          join: `${inUrl(localHost(node.bind))}:${node.port}`,
          token: node.joinToken,
          logLevel: level,
          environment,
          log,
        })
        // Closed first, while its node still listens, so that it can hand back what it runs.
        closing.add('local worker', () => worker.stop())
      }
      return untilStopped
    })
  })
