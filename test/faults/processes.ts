/** What runs on this machine and belongs to a directory, as Linux shows it in `/proc`. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process that vanishes while it is looked at belongs to nobody. */
const orNothing = (read: () => string): string => {
  try {
    return read()
  } catch {
    return ''
  }
}

/** The processes that work in a directory, or name it in their arguments or their environment, as `PID COMMAND`; this one aside. */
export const processesOf = (directory: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const command = orNothing(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
      const environment = orNothing(() => readFileSync(`/proc/${pid}/environ`, 'utf8'))
      const place = orNothing(() => readlinkSync(`/proc/${pid}/cwd`))
      const belongs = [command, environment, place].some((text) => text.includes(directory))
      return belongs ? [`${pid} ${command.replaceAll('\0', ' ').trim()}`] : []
    })
