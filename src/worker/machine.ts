/** Reading the machine: pseudo files, Node's questions to the system, and small programs. What is missing or forbidden is null: nobody knows it. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { execFile } from 'node:child_process'
import type { StatsFs } from 'node:fs'
import { readdir, readFile, statfs } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import type * as everything from 'systeminformation'

/** Where the kernel and the distribution tell of the machine. */
export type Roots = {
  readonly sysRoot: string
  readonly procRoot: string
  readonly etcRoot: string
  /** `/system` of Android. */
  readonly androidRoot: string
}

/** What Node asks the operating system. Android leaves `cpus()` empty and forbids some of the others, which then throw. */
export type System = Pick<
  typeof os,
  | 'availableParallelism'
  | 'cpus'
  | 'freemem'
  | 'hostname'
  | 'loadavg'
  | 'machine'
  | 'networkInterfaces'
  | 'release'
  | 'totalmem'
  | 'uptime'
>

/** What the worker asks systeminformation, on macOS and Windows. */
export type Systeminformation = Pick<typeof everything, 'battery' | 'cpuTemperature' | 'networkStats'>

/** True where the kernel tells of the machine in files: on Linux and Android. */
export const hasKernelFiles = ({ platform }: Pick<Machine, 'platform'>): boolean =>
  platform === 'linux' || platform === 'android'

/** All that tells the worker of its machine; tests give it another one. */
export type Machine = Roots & {
  readonly platform: NodeJS.Platform
  readonly env: NodeJS.ProcessEnv
  readonly system: System
  /** Size of the file system that holds a path, and the room on it. */
  readonly statfs: (path: string) => Promise<StatsFs>
  /** What a program prints on its standard output, trimmed; null where it is absent, fails or takes longer than `timeoutMs`. */
  readonly ask: (program: string, args: readonly string[], timeoutMs?: number) => Promise<string | null>
  readonly systeminformation: () => Promise<Systeminformation>
}

/** What was read while somebody took notes. */
export type Notes = {
  /** The texts of files, as they are, by their paths. */
  readonly texts: ReadonlyMap<string, string>
  /** The names in directories, by their paths. */
  readonly listings: ReadonlyMap<string, readonly string[]>
}

type Notepad = { readonly texts: Map<string, string>; readonly listings: Map<string, readonly string[]> }

const notepads = new AsyncLocalStorage<Notepad>()

/** Does some work, and notes what it reads of the machine. */
export const noteReads = async (work: () => Promise<unknown>): Promise<Notes> => {
  const notes: Notepad = { texts: new Map(), listings: new Map() }
  await notepads.run(notes, work)
  return notes
}

const readWhole = async (path: string): Promise<string> => {
  const text = await readFile(path, 'utf8')
  notepads.getStore()?.texts.set(path, text)
  return text
}

/** The text of a file, trimmed of white space and of the NULs that device trees end with; null where it cannot be read or is empty. */
export const readText = async (...path: readonly string[]): Promise<string | null> => {
  try {
    const content = (await readWhole(join(...path))).replaceAll('\0', '').trim()
    return content === '' ? null : content
  } catch {
    // Absent on this kernel, or kept from us (Android): unknown either way.
    return null
  }
}

/** The texts of a file of a device tree, which end with a NUL each; none where it cannot be read. */
export const readTexts = async (...path: readonly string[]): Promise<readonly string[]> => {
  try {
    return (await readWhole(join(...path))).split('\0').filter((text) => text !== '')
  } catch {
    return []
  }
}

/** The number in a file; null where there is none. */
export const readNumber = async (...path: readonly string[]): Promise<number | null> => {
  const content = await readText(...path)
  const value = content === null ? NaN : Number(content)
  return Number.isFinite(value) ? value : null
}

/** The names in a directory, sorted; none where it cannot be read. */
export const listDirectory = async (...path: readonly string[]): Promise<readonly string[]> => {
  try {
    const names = (await readdir(join(...path))).sort()
    notepads.getStore()?.listings.set(join(...path), names)
    return names
  } catch {
    return []
  }
}

/** What a program prints on its standard output, trimmed; null where it is absent, fails or takes longer than `timeoutMs`. */
export const ask = (program: string, args: readonly string[], timeoutMs = 5000): Promise<string | null> =>
  new Promise((resolve) => {
    execFile(program, args, { timeout: timeoutMs, killSignal: 'SIGKILL', windowsHide: true }, (error, stdout) =>
      resolve(error === null && stdout.trim() !== '' ? stdout.trim() : null),
    )
  })

/** What `read` gives; null where the platform refuses (Android forbids several of Node's questions to the system). */
export const attemptToRead = <T>(read: () => T): T | null => {
  try {
    return read()
  } catch {
    return null
  }
}

/** The machine that the worker runs on. */
export const thisMachine: Machine = {
  sysRoot: '/sys',
  procRoot: '/proc',
  etcRoot: '/etc',
  androidRoot: '/system',
  platform: process.platform,
  env: process.env,
  system: os,
  statfs,
  ask,
  // Loaded at the first call, since it is large, and never on Linux and Android.
  systeminformation: async () => (await import('systeminformation')).default,
}
