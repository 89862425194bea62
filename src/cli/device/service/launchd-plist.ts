/** The property list of launchd: launchd.plist(5). */
import { recordOf } from './record.ts'
import { RESTART_PAUSE_SECONDS, type Service, STOP_SECONDS, variablesOf } from './service.ts'

/** How launchd calls it. */
export const LABEL = 'retire-cluster-worker'

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

const string = (text: string): string =>
  `<string>${text.replace(/[&<>]/g, (character) => entities[character] ?? '')}</string>`

/**
 * launchd starts a job again whose code is not 0 (`SuccessfulExit`), and knows no other difference: under it a final end has the
 * code 0.
 */
const FINAL_CODE = 0

/**
 * The property list of an agent of the user.
 * @param log - the file that gets what the worker says
 * @param written - files that belong to it, besides the list
 */
export const launchdPlist = (service: Service, log: string, written: readonly string[]): string => {
  const variables = variablesOf(service, FINAL_CODE).map(([name, value]) => `    <key>${name}</key>${string(value)}`)
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${recordOf(written)} -->
<plist version="1.0">
<dict>
  <key>Label</key>${string(LABEL)}
  <key>ProgramArguments</key>
  <array>
${service.argv.map((word) => `    ${string(word)}`).join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join('\n')}
  </dict>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key><false/>
  </dict>
  <key>ThrottleInterval</key><integer>${RESTART_PAUSE_SECONDS}</integer>
  <key>ExitTimeOut</key><integer>${STOP_SECONDS}</integer>
  <key>StandardOutPath</key>${string(log)}
  <key>StandardErrorPath</key>${string(log)}
</dict>
</plist>
`
}
