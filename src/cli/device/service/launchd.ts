/** launchd of macOS: an agent of the user, which runs while that user is logged in. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../../failure.ts'
import { LABEL, launchdPlist } from './launchd-plist.ts'
import { forShell } from './quoted.ts'
import type { Supervisor } from './supervisor.ts'
import type { RunTool } from './tool.ts'

/** `bootout` comes back before the job is gone, and until then `bootstrap` fails (5: Input/output error): it is tried again for so long. */
const TRIES = 20
const PAUSE_MS = 1000

/** What launchd answers of a job that it does not know (ESRCH, and its own 113). */
const UNKNOWN: readonly (number | null)[] = [3, 113]

/**
 * The property list, and how it is loaded.
 * @param options - `home`: of the user; `uid`: its id
 */
export const launchd = ({
  home,
  uid,
  run,
  pauseMs = PAUSE_MS,
}: {
  readonly home: string
  readonly uid: number
  readonly run: RunTool
  readonly pauseMs?: number
}): Supervisor => {
  const path = join(home, 'Library', 'LaunchAgents', `${LABEL}.plist`)
  const log = join(home, 'Library', 'Logs', `${LABEL}.log`)
  const domain = `gui/${uid}`
  const job = `${domain}/${LABEL}`
  const bootout = async (): Promise<void> => {
    const { code, said } = await run('launchctl', ['bootout', job])
    if (code !== 0 && !UNKNOWN.includes(code)) throw new StartError(`launchctl bootout ${job} failed: ${said}`)
  }
  const bootstrap = async (): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      const { code, said } = await run('launchctl', ['bootstrap', domain, path])
      if (code === 0) return
      if (attempt === TRIES)
        throw new StartError(
          `launchctl bootstrap ${domain} failed: ${said} Log in on the screen of this Mac as this user, once, and try again.`,
        )
      await sleep(pauseMs)
    }
  }
  return {
    path,
    made: [log],
    mode: 0o644,
    render: (service, written) => launchdPlist(service, log, written),
    stop: bootout,
    start: async () => {
      // An agent that was disabled once stays so, whatever its file says.
      await run('launchctl', ['enable', job])
      await bootout()
      await bootstrap()
      return ['It runs while you are logged in: have this Mac log you in by itself, and keep it from sleeping.']
    },
    end: async () => {
      await bootout()
      return []
    },
    forget: () => Promise.resolve(),
    hints: [
      ['state', `launchctl print ${job}`],
      ['log', `tail -f ${forShell(log)}`],
      ['stop', `launchctl bootout ${job}`],
    ],
  }
}
