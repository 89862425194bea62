/** Processes as /proc tells of them (proc(5)). Synchronous: the kernel answers from memory, faster than a thread could be asked. */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** The variable that every process of an attempt inherits; its value is the attempt's name. */
export const MARKER = 'RETIRE_CLUSTER_ATTEMPT'

/** Clock ticks a second in /proc: USER_HZ, which is 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100

/** What is read of a process. */
export type ProcessStat = {
  /** `Z` is one that has ended and waits to be collected. */
  readonly state: string
  readonly parent: number
  readonly group: number
  /** Its own processor time and that of the children that it has waited for. */
  readonly cpuSeconds: number
  /** Ticks from the start of the system: with the id, what tells a process from a later one of the same id. */
  readonly startTicks: number
  /** Whether it has memory and was not begun with an empty environment. Where the system does not tell (proc(5), env_start), true. */
  readonly mayHaveEnvironment: boolean
}

/**
 * What all reads go through. `readFileSync` takes 64 KiB anew for every file of /proc, as none tells its size: with 300
 * processes that is 40 MB for one look at the table, and a worker that ran 2,000 commands had grown by 75 MB.
 */
let scratch = Buffer.allocUnsafeSlow(65_536)

const readWhole = (file: number): string => {
  let length = 0
  for (;;) {
    const read = readSync(file, scratch, length, scratch.length - length, null)
    if (read === 0) return scratch.toString('latin1', 0, length)
    length += read
    if (length < scratch.length) continue
    const larger = Buffer.allocUnsafeSlow(2 * length)
    scratch.copy(larger)
    scratch = larger
  }
}

const readOf = (path: string): string | null => {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    return readWhole(file)
  } catch {
    // It has ended meanwhile, or belongs to somebody else.
    return null
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Reads one process; null where it is gone, or there is no /proc. */
export const readStat = (pid: number, procRoot = '/proc'): ProcessStat | null => {
  const line = readOf(join(procRoot, `${pid}`, 'stat'))
  if (line === null) return null
  // The name stands in parentheses and may hold anything, parentheses too; the third field follows the last one.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const field = (number: number) => Number(fields[number - 3])
  return {
    state: fields[0] ?? '',
    parent: field(4),
    group: field(5),
    cpuSeconds: (field(14) + field(15) + field(16) + field(17)) / TICKS_PER_SECOND,
    startTicks: field(22),
    // Bytes of memory, of which what has ended and the kernel's own have none; where the environment begins and ends, or 0.
    mayHaveEnvironment: field(23) > 0 && (field(51) === 0 || field(51) !== field(50)),
  }
}

/** Resident memory of a process in bytes, now and at its highest; null where it is gone. */
export const readMemory = (pid: number, procRoot = '/proc'): { now: number; highest: number } | null => {
  const status = readOf(join(procRoot, `${pid}`, 'status'))
  if (status === null) return null
  const kibibytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0)
  return { now: kibibytes('VmRSS') * 1024, highest: kibibytes('VmHWM') * 1024 }
}

/** The ids of all processes that are visible. */
export const processIds = (procRoot: string): readonly number[] =>
  readdirSync(procRoot)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)

/** The children of a process. */
export const childrenOf = (pid: number, procRoot: string): readonly number[] => {
  let threads: readonly string[]
  try {
    threads = readdirSync(join(procRoot, `${pid}`, 'task'))
  } catch {
    return []
  }
  // Absent on kernels without CONFIG_PROC_CHILDREN: then the children are found by their group and their marker alone.
  return threads.flatMap((thread) =>
    (readOf(join(procRoot, `${pid}`, 'task', thread, 'children')) ?? '').trim().split(' ').filter(Boolean).map(Number),
  )
}

/** What the processes of an attempt are known by: its name, and its group (null where that is not known). */
export type Marks = { readonly attempt: string; readonly group: number | null }

/**
 * What a process is to an attempt. `unclear`: its environment reads as empty and need not be so. In the midst of an execve(2) it does,
 * for some microseconds and longer on a crowded machine: 13 of 3,000 processes were met so right after they had been started.
 */
export type Belonging = 'member' | 'stranger' | 'unclear'

/**
 * Whether a process is one of an attempt: it is of its group, or left the group and still bears its marker. What gave up both (a new
 * session with an emptied environment, a change of user) escapes.
 */
export const belonging = ({ attempt, group }: Marks, pid: number, stat: ProcessStat, procRoot = '/proc'): Belonging => {
  if (stat.group === group) return 'member'
  const environment = readOf(join(procRoot, `${pid}`, 'environ'))
  // The state is read once more: the execve may have begun after the first look at it.
  if (environment === '') return (readStat(pid, procRoot)?.mayHaveEnvironment ?? false) ? 'unclear' : 'stranger'
  return (environment ?? '').split('\0').includes(`${MARKER}=${attempt}`) ? 'member' : 'stranger'
}

/** The living processes and what each is to an attempt. */
const sorted = (marks: Marks, procRoot: string): readonly (readonly [pid: number, kind: Belonging])[] =>
  processIds(procRoot).flatMap((pid) => {
    if (pid === process.pid) return []
    const stat = readStat(pid, procRoot)
    if (stat === null || stat.state === 'Z' || stat.state === 'X') return []
    return [[pid, belonging(marks, pid, stat, procRoot)] as const]
  })

/** The living processes of an attempt. */
export const membersOf = (marks: Marks, procRoot = '/proc'): readonly number[] =>
  sorted(marks, procRoot).flatMap(([pid, kind]) => (kind === 'member' ? [pid] : []))

/** What is left of an attempt: a living process of it (`member`), or at most one of which that is unclear, or none (`stranger`). */
export const leftOf = (marks: Marks, procRoot = '/proc'): Belonging => {
  const kinds = new Set(sorted(marks, procRoot).map(([, kind]) => kind))
  if (kinds.has('member')) return 'member'
  return kinds.has('unclear') ? 'unclear' : 'stranger'
}
