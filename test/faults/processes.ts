/** What runs on this machine and belongs to a directory, as Linux shows it in `/proc`. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process: its id, when it began (in ticks since the boot, so that a later one of the same id is another), and its arguments. */
export type Found = { readonly pid: number; readonly began: string; readonly command: string }

/** A process that vanishes while it is looked at belongs to nobody. */
const orNothing = (read: () => string): string => {
  try {
    return read()
  } catch {
    return ''
  }
}

/** proc_pid_stat(5): the 22nd field; the second one, in brackets, may hold anything. */
const beganAt = (pid: string) =>
  orNothing(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
    .replace(/^.*\) /s, '')
    .split(' ')[19] ?? ''

/** The processes that work in a directory, or name it in their arguments or their environment; this one aside. */
export const processesOf = (directory: string): Found[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const command = orNothing(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
      const environment = orNothing(() => readFileSync(`/proc/${pid}/environ`, 'utf8'))
      const place = orNothing(() => readlinkSync(`/proc/${pid}/cwd`))
      const belongs = [command, environment, place].some((text) => text.includes(directory))
      return belongs ? [{ pid: Number(pid), began: beganAt(pid), command: command.replaceAll('\0', ' ').trim() }] : []
    })

/** `kill -9` of a process that was found; nothing happens where it has ended since. */
export const killFound = ({ pid, began }: Found): void => {
  if (beganAt(`${pid}`) !== began) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // It may end between the two.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
