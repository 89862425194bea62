/** Which system keeps a worker running on this device. */
import { existsSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { StartError, UsageError } from '../../failure.ts'
import type { Environment } from '../../options/flag.ts'
import { launchd } from './launchd.ts'
import type { Supervisor } from './supervisor.ts'
import { systemd } from './systemd.ts'
import { termux } from './termux.ts'
import { runTool } from './tool.ts'

/** Android, as the Node of Termux says it, or as the environment of Termux tells another Node. */
const isTermux = ({ TERMUX_VERSION }: Environment): boolean =>
  process.platform === 'android' || (process.platform === 'linux' && TERMUX_VERSION !== undefined)

/** Refuses `--system` where there is no such thing, and where its user may not make one. @throws UsageError, StartError */
export const refuseSystem = (environment: Environment): void => {
  if (process.platform !== 'linux' || isTermux(environment))
    throw new UsageError('--system makes a unit of systemd, on Linux; leave it out here.')
  if (userInfo().uid !== 0) throw new StartError('--system needs root: run it by sudo.')
}

/**
 * The system that is here; undefined where none is known (Windows).
 * @param user - whom a unit of the system runs as; undefined for the services of the user who runs this
 */
export const supervisorOf = (environment: Environment, user: string | undefined): Supervisor | undefined => {
  const home = homedir()
  if (isTermux(environment)) return termux({ home, prefix: environment.PREFIX ?? '/data/data/com.termux/files/usr' })
  if (process.platform === 'linux') return systemd({ user, environment, run: runTool })
  if (process.platform === 'darwin') return launchd({ home, uid: userInfo().uid, run: runTool })
  return undefined
}

/** Refuses a Linux that another init has started: sd_booted(3). @throws StartError that names the line to start instead */
export const requireManager = (environment: Environment, line: string): void => {
  if (process.platform !== 'linux' || isTermux(environment) || existsSync('/run/systemd/system')) return
  throw new StartError(`This machine was not started by systemd; have its own init run, and start again: ${line}`)
}
