/** `retire-cluster-main`: the cluster node alone. */
import { openLog } from '../logging.ts'
import { warnOfSecrets } from '../secret-flags.ts'
import { serve, untilStopped } from '../lifetime.ts'
import { type Program, readCommandLine } from '../options/command-line.ts'
import type { Environment } from '../options/flag.ts'
import { nodeSettings, settingSections } from '../options/settings.ts'
import { givenCertificate } from './certificate/given.ts'
import { ownCertificate } from './certificate/own.ts'
import { startNode } from './embedded-node.ts'
import { say } from '../say.ts'
import { apiInvitation, introduction, invitation } from './invitation.ts'
import { worded } from './known-failures.ts'
import { elsewhereOf, nodeFlags, restorationOf, secretsOf } from './node-flags.ts'
import { terminalLevel } from './terminal-level.ts'

const program: Program<typeof nodeFlags> = {
  name: 'retire-cluster-main',
  summary: 'Runs the cluster node alone: devices connect to it, and it keeps the tasks.',
  flags: nodeFlags,
  sections: settingSections,
  examples: [
    'retire-cluster-main',
    'retire-cluster-main --data-dir /srv/retire-cluster --cluster-port 9090',
    'retire-cluster-main --restore /media/usb/cluster.backup',
    'retire-cluster-main --database postgres://cluster@db.example/cluster',
  ],
}

/**
 * Runs the node until it is told to stop.
 * @returns the exit code
 */
export const runMain = (argv: readonly string[], environment: Environment): Promise<number> =>
  worded(async () => {
    const commandLine = await readCommandLine(program, argv, environment)
    const { values } = commandLine
    const settings = nodeSettings(commandLine, commandLine.file)
    const restore = restorationOf(values)
    const elsewhere = elsewhereOf(values)
    const level = terminalLevel(commandLine.sources.log_level, settings.effective.logging.level)
    const { data_dir: dataDir, database, join_token: joinToken, allowed_host: allowedHosts } = values
    const given = await givenCertificate(values)
    const security = { given, own: ownCertificate(dataDir), insecure: values.insecure_link }
    const log = openLog({ level, program: program.name })
    warnOfSecrets(log, commandLine.sources, secretsOf(values))
    return serve(log, async (closing) => {
      const node = await startNode(
        {
          dataDir,
          database,
          elsewhere,
          restore,
          joinToken,
          hasLocalWorker: false,
          requireApproval: values.require_approval,
          allowedHosts,
          advertised: !values.no_advertise,
          advertisedHost: values.advertise_address,
          settings,
          security,
          log,
          servesApis: true,
        },
        closing,
      )
      const link = await node.openLink()
      say([...introduction({ dataDir }), ...(await apiInvitation(link)), ...(await invitation(link))])
      log.info({ port: link.port }, 'listening')
      return untilStopped
    })
  })
