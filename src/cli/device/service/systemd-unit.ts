/** The unit file of systemd. Quoting and specifiers: systemd.service(5), "COMMAND LINES"; systemd.syntax(7), "QUOTING". */
import { recordOf } from './record.ts'
import { FINAL_CODE, RESTART_PAUSE_SECONDS, type Service, STOP_SECONDS, variablesOf } from './service.ts'

/** Its name, without the ending. */
export const UNIT = 'retire-cluster-worker'

/** A word in double quotes: backslashes and quotes are escaped as in C, and a per cent sign begins a specifier. */
const quoted = (word: string): string =>
  `"${word.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t').replaceAll('%', '%%')}"`

/** A dollar begins a variable in an argument; in the path of the program, and in Environment=, it is one. */
const argument = (word: string): string => quoted(word.replaceAll('$', '$$$$'))

/**
 * The unit. `user`: whom it runs as, for a unit of the system; undefined for one of the user who installs it.
 * @param written - files that belong to it, besides the unit
 */
export const systemdUnit = (service: Service, user: string | undefined, written: readonly string[]): string => {
  const [node, ...rest] = service.argv
  const environment = variablesOf(service, FINAL_CODE).map(
    ([name, value]) => `Environment=${quoted(`${name}=${value}`)}`,
  )
  return `# ${recordOf(written)}
[Unit]
Description=Worker of a Retire-Cluster
${user === undefined ? '' : 'Wants=network-online.target\nAfter=network-online.target\n'}# Without a limit: a device that nobody looks at tries again, for as long as it takes.
StartLimitIntervalSec=0

[Service]
Type=exec
${user === undefined ? '' : `User=${user}\n`}${environment.join('\n')}
ExecStart=${[quoted(node), ...rest.map(argument)].join(' ')}
Restart=on-failure
RestartSec=${RESTART_PAUSE_SECONDS}
# Refused by its node, or started by flags that are wrong: starting it again would not help.
RestartPreventExitStatus=${FINAL_CODE}
# The worker alone is told to stop: it ends its tasks, and hands them back.
KillMode=mixed
TimeoutStopSec=${STOP_SECONDS}
# A task that took too much memory is the task's end, and not the worker's.
OOMPolicy=continue

[Install]
WantedBy=${user === undefined ? 'default.target' : 'multi-user.target'}
`
}
