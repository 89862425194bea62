/** systemd: a unit of the user who installs it, or of the system. */
import { access } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { StartError } from '../../failure.ts'
import type { Environment } from '../../options/flag.ts'
import { configHome } from '../../options/paths.ts'
import { forShell } from './quoted.ts'
import type { Supervisor } from './supervisor.ts'
import { systemdUnit, UNIT } from './systemd-unit.ts'
import type { RunTool } from './tool.ts'

const FILE = `${UNIT}.service`

/** Whom units of the system are started as; undefined for the units of a user. */
export type SystemdOptions = {
  readonly user: string | undefined
  readonly environment: Environment
  readonly run: RunTool
}

/** Where loginctl keeps who is lingering: systemd-logind.service(8). */
const isLingering = (name: string): Promise<boolean> =>
  access(join('/var/lib/systemd/linger', name)).then(
    () => true,
    () => false,
  )

/** The unit, and how it is started and ended. */
export const systemd = ({ user, environment, run }: SystemdOptions): Supervisor => {
  const scope = user === undefined ? ['--user'] : []
  const path = join(user === undefined ? join(configHome(environment, 'systemd'), 'user') : '/etc/systemd/system', FILE)
  const systemctl = async (...words: readonly string[]): Promise<void> => {
    const { code, said } = await run('systemctl', [...scope, '--no-ask-password', ...words])
    if (code === 0) return
    const cure =
      user === undefined
        ? 'Log in as this user itself (not by su or sudo) and try again, or install it for the system by --system, as root.'
        : 'See systemctl status, and journalctl -xe.'
    throw new StartError(`systemctl ${[...scope, ...words].join(' ')} failed: ${said} ${cure}`)
  }
  /** Without lingering, the units of a user start and end with their login. */
  const linger = async (): Promise<readonly string[]> => {
    const { username } = userInfo()
    if (user !== undefined || (await isLingering(username))) return []
    const { code } = await run('loginctl', ['--no-ask-password', 'enable-linger'])
    if (code === 0) return []
    return [
      `It starts when ${username} logs in. To have it start with the machine: sudo loginctl enable-linger ${forShell(username)}`,
    ]
  }
  return {
    path,
    made: [],
    mode: 0o644,
    render: (service, written) => systemdUnit(service, user, written),
    stop: () => systemctl('stop', FILE),
    start: async () => {
      await systemctl('daemon-reload')
      await systemctl('enable', FILE)
      await systemctl('restart', FILE)
      return linger()
    },
    end: async () => {
      await systemctl('disable', '--now', FILE)
      const { username } = userInfo()
      if (user !== undefined || !(await isLingering(username))) return []
      return [`Units of ${username} still start with the machine (lingering); loginctl disable-linger ends that.`]
    },
    forget: async () => {
      await systemctl('daemon-reload')
      // A unit that was refused is remembered as failed; where none is, there is nothing to reset.
      await run('systemctl', [...scope, 'reset-failed', FILE])
    },
    hints: [
      ['state', ['systemctl', ...scope, 'status', UNIT].join(' ')],
      ['log', ['journalctl', ...scope, '-f', '-u', UNIT].join(' ')],
      ['stop', ['systemctl', ...scope, 'stop', UNIT].join(' ')],
    ],
  }
}
