/** `retire-cluster-api`: the API server, with the cluster node in the same process. */
import { join } from 'node:path'
import type { Cluster } from '../../cluster/cluster.ts'
import { inUrl } from '../../link/address.ts'
import { printToken } from '../../link/token.ts'
import { openLog } from '../logging.ts'
import { serve, untilStopped } from '../lifetime.ts'
import { type Program, readCommandLine } from '../options/command-line.ts'
import type { Environment } from '../options/flag.ts'
import { nodeSettings, settingSections } from '../options/settings.ts'
import { workerProgram } from '../package-files.ts'
import { apiFlags } from './api-flags.ts'
import { apiCertificate, refuseTwoCertificates } from './certificate/api.ts'
import { givenCertificate } from './certificate/given.ts'
import { ownCertificate } from './certificate/own.ts'
import { startNode } from './embedded-node.ts'
import type { Served } from './node-start.ts'
import { refuseExposure } from './exposure.ts'
import { makeFirstKey } from './first-key.ts'
import { say } from '../say.ts'
import { introduction, invitation } from './invitation.ts'
import { worded } from './known-failures.ts'
import { localHost } from './lan-address.ts'
import { keepLocalWorker } from './local-worker.ts'
import { makeAdminKey } from './new-admin-key.ts'
import { elsewhereOf, restorationOf, secretsOf } from './node-flags.ts'
import { prepareApi } from './prepared-api.ts'
import { elsewhere, nodeElsewhere, speakFor } from './remote-node.ts'
import { warnOfSecrets } from '../secret-flags.ts'
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
    'retire-cluster-api --cluster-host 192.168.1.100 --cluster-port 8080 --cluster-token TOKEN.FINGERPRINT',
  ],
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
    const stateElsewhere = elsewhereOf(values)
    refuseExposure({ ...values, keyFlag: sources.api_key === 'flag' })
    refuseTwoCertificates(values)
    const given = await givenCertificate(values)
    const level = terminalLevel(sources.log_level, settings.effective.logging.level)
    const log = openLog({ level, program: program.name })
    warnOfSecrets(log, sources, ['api_key', 'cluster_token', ...secretsOf(values)])

    const { data_dir: dataDir, database, join_token: joinToken, cluster_host: clusterHost } = values
    const remote =
      clusterHost === undefined
        ? undefined
        : nodeElsewhere({ ...values, cluster_host: clusterHost, port: settings.effective.server.port })
    if (values.new_admin_key) {
      await makeAdminKey({ dataDir, database, elsewhere: stateElsewhere, restore, settings, log })
      return 0
    }

    return serve(log, async (closing) => {
      const own = ownCertificate(dataDir)
      const prepare = async (served: Served) =>
        prepareApi({ ...served, values, certificate: await apiCertificate(given, own, values), log })
      const tellFirstKey = async (cluster: Cluster) => {
        const key = values.auth ? await makeFirstKey(cluster, values.api_key) : undefined
        return key === undefined ? [] : [`  API key    ${key}   (shown this once: keep it)`]
      }

      if (remote !== undefined) {
        const { cluster, reached } = speakFor(remote, log, closing)
        const api = await prepare({ cluster, mode: () => 'remote', count: undefined, members: undefined })
        const door = await api.open(closing)
        say([...introduction({ api: door }), ...elsewhere(remote)])
        const { host, port, scheme } = door
        log.info({ host, port, scheme, cluster_host: remote.host, cluster_port: remote.port }, 'listening')
        // Keys are kept by the node: whether there is one is known once it is reached.
        reached
          .then(() => tellFirstKey(cluster))
          .then(say)
          .catch((error: unknown) => log.error({ err: error }, 'no first key could be made'))
        return untilStopped
      }

      const security = { given, own, insecure: values.insecure_link }
      const { allowed_host: allowedHosts } = values
      const node = await startNode(
        {
          dataDir,
          database,
          elsewhere: stateElsewhere,
          restore,
          joinToken,
          hasLocalWorker: values.local_worker,
          requireApproval: values.require_approval,
          allowedHosts,
          advertised: !values.no_advertise,
          advertisedHost: values.advertise_address,
          settings,
          security,
          log,
          servesApis: false,
        },
        closing,
      )
      const [api, link] = await Promise.all([prepare(node), node.openLink()])
      const door = await api.open(closing)
      const firstKey = await tellFirstKey(node.cluster)
      say([...introduction({ dataDir, api: door }), ...firstKey, ...(await invitation(link))])
      const { host, port, scheme } = door
      log.info({ host, port, scheme, cluster_port: link.port }, 'listening')
      const { localToken } = node
      if (localToken !== null) {
        const worker = keepLocalWorker({
          program: workerProgram,
          dataDir: join(dataDir, 'worker'),
          join: `${inUrl(localHost(link.bind))}:${link.port}`,
          token: printToken({ ...link.joinToken, token: localToken }),
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
