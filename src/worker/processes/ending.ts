/** Ending all processes of an attempt: TERM, and KILL for what is left after a grace. */
import { execFile } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { systemCode } from '../errors.ts'
import { leftOf, type Marks, membersOf } from './proc.ts'

/** Seconds between TERM and KILL are part of the contract: 5. */
export const GRACE_MS = 5000

/** How often it is looked whether anything is left. A process table is short, and a slot waits for the answer. */
const LOOK_MS = 25

/** A quarter of a second: an execve that waits for a slow disk is a matter of milliseconds. */
const MOST_UNCLEAR_LOOKS = 250 / LOOK_MS

const hasProc = process.platform === 'linux' || process.platform === 'android'

const send = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    // ESRCH: it has ended meanwhile. EPERM: it has become somebody else's, and is beyond us.
    if (systemCode(error) === 'ESRCH' || systemCode(error) === 'EPERM') return false
    throw error
  }
}

/** Windows has neither groups nor TERM; taskkill ends a process and its descendants. */
const endWindowsTree = (pid: number): Promise<void> =>
  // An exit code other than 0 means that nothing of it was left.
  new Promise((resolve) => execFile('taskkill', ['/pid', `${pid}`, '/T', '/F'], () => resolve()))

const signalAll = ({ group, attempt }: Marks, signal: NodeJS.Signals): void => {
  if (group !== null) send(-group, signal)
  if (!hasProc) return
  for (const pid of membersOf({ attempt, group })) send(pid, signal)
}

/**
 * Looks whether anything is left of an attempt. A process in the midst of an execve cannot be told from one without environment on a
 * system that does not say where that lies (gVisor): the looks at such, one after the other, are bounded.
 */
export const createLook = ({ group, attempt }: Marks, procRoot = '/proc'): (() => boolean) => {
  let unclearLooks = 0
  return () => {
    if (!hasProc) return group !== null && send(-group, 0)
    const left = leftOf({ attempt, group }, procRoot)
    unclearLooks = left === 'unclear' ? unclearLooks + 1 : 0
    return left === 'member' || (left === 'unclear' && unclearLooks <= MOST_UNCLEAR_LOOKS)
  }
}

/** Kills what there is of an attempt in this very turn, without waiting for its end. The next start of the worker ends what escapes. */
export const killNow = (processes: Marks): void => {
  if (process.platform !== 'win32') signalAll(processes, 'SIGKILL')
  else if (processes.group !== null) send(processes.group, 'SIGKILL')
}

/**
 * Ends every process of an attempt and resolves when none is left, however long the kernel takes.
 * @param graceMs - milliseconds that TERM has; 0 for KILL at once
 */
export const endProcesses = async (processes: Marks, graceMs: number = GRACE_MS): Promise<void> => {
  if (process.platform === 'win32') {
    if (processes.group !== null) await endWindowsTree(processes.group)
    return
  }
  const isAnyLeft = createLook(processes)
  if (!isAnyLeft()) return
  if (graceMs > 0) {
    signalAll(processes, 'SIGTERM')
    // A stopped process only takes TERM once it goes on.
    signalAll(processes, 'SIGCONT')
    const killAt = performance.now() + graceMs
    while (performance.now() < killAt) {
      await pause(LOOK_MS)
      if (!isAnyLeft()) return
    }
  }
  // A process that forks faster than it is found needs more than one round.
  do {
    signalAll(processes, 'SIGKILL')
    await pause(LOOK_MS)
  } while (isAnyLeft())
}
