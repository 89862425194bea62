/** The run of the operating system that the worker is in, and what its kernel counts. */
import { attemptToRead, type Machine, readText, type Roots } from '../machine.ts'

/** What tells one run of the system from the next; null where the system keeps it from us. */
export type Boot = {
  /** Another one after every start of the system. */
  readonly id: string | null
  /** Seconds since the system was started. */
  readonly uptimeSeconds: number | null
  /** How many programs its kernel has ended for lack of memory since then. */
  readonly oomKills: number | null
}

/** Linux and Android: random(4). macOS: sysctl(3). Windows has none. */
const bootId = ({ platform, ask, procRoot }: Machine): Promise<string | null> =>
  platform === 'darwin'
    ? ask('sysctl', ['-n', 'kern.bootsessionuuid'])
    : readText(procRoot, 'sys/kernel/random/boot_id')

/**
 * `oom_kill` of /proc/vmstat. It counts what a cgroup's limit has cost too (mm/oom_kill.c of the kernel), and unlike the
 * counter of the cgroup it is still there when the service that died is started anew.
 */
export const readOomKills = async ({ procRoot }: Roots): Promise<number | null> => {
  const counted = /^oom_kill (\d+)$/m.exec((await readText(procRoot, 'vmstat')) ?? '')?.[1]
  return counted === undefined ? null : Number(counted)
}

/** Reads the run of the system. */
export const readBoot = async (machine: Machine): Promise<Boot> => ({
  id: await bootId(machine),
  uptimeSeconds: attemptToRead(machine.system.uptime),
  oomKills: await readOomKills(machine),
})
