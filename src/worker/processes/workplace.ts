/**
 * Where commands run: below the worker's data directory an empty directory each, named by the attempt. Beside it
 * `ATTEMPT.json` tells which process was started, so that the next start ends what a killed worker left running.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ask } from '../machine.ts'
import type { Log } from '../log.ts'
import { endProcesses } from './ending.ts'
import { readStat } from './proc.ts'

/** A process, told from a later one of the same id by when it started. */
type ProcessRecord = { readonly pid: number; readonly started: string }

const RECORD = '.json'

/** When a process started, in the words of the platform; null where it is gone or the platform does not tell. */
const startOf = async (pid: number): Promise<string | null> => {
  if (process.platform === 'win32') return null
  const stat = readStat(pid)
  if (stat === null) return ask('ps', ['-o', 'lstart=', '-p', `${pid}`])
  // Ticks count from the boot, so that a boot belongs to them.
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  return `${boot.trim()}:${stat.startTicks}`
}

const isRecord = (value: unknown): value is ProcessRecord =>
  typeof value === 'object' &&
  value !== null &&
  'pid' in value &&
  Number.isInteger(value.pid) &&
  'started' in value &&
  typeof value.started === 'string'

const readRecord = async (path: string): Promise<ProcessRecord | null> => {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isRecord(value) ? value : null
  } catch {
    // The worker died before or while it wrote the record; the marker still finds what it started.
    return null
  }
}

/** Makes the empty directory of an attempt and returns its path. */
export const openWorkplace = async (workDirectory: string, attempt: string): Promise<string> => {
  const directory = join(workDirectory, attempt)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  return directory
}

/** Notes the first process of an attempt. Not brought to the disk: a power cut ends the process as well. */
export const recordProcess = async (workDirectory: string, attempt: string, pid: number): Promise<void> => {
  const started = await startOf(pid)
  if (started !== null) await writeFile(join(workDirectory, attempt + RECORD), JSON.stringify({ pid, started }))
}

/** Removes the directory of an attempt and its record. */
export const closeWorkplace = async (workDirectory: string, attempt: string): Promise<void> => {
  await rm(join(workDirectory, attempt), { recursive: true, force: true, maxRetries: 3 })
  await rm(join(workDirectory, attempt + RECORD), { force: true })
}

/** The group that a record speaks of, where its first process is still the one that was started. */
const recordedGroup = async (workDirectory: string, attempt: string): Promise<number | null> => {
  const record = await readRecord(join(workDirectory, attempt + RECORD))
  return record !== null && (await startOf(record.pid)) === record.started ? record.pid : null
}

/**
 * Ends what an earlier worker of this data directory left running, and removes what it left lying. It resolves when none
 * of it is left; what cannot be removed is logged.
 */
export const endLeftovers = async (workDirectory: string, log: Log): Promise<void> => {
  await mkdir(workDirectory, { recursive: true, mode: 0o700 })
  const names = (await readdir(workDirectory)).map((name) =>
    name.endsWith(RECORD) ? name.slice(0, -RECORD.length) : name,
  )
  await Promise.all(
    [...new Set(names)].map(async (attempt) => {
      await endProcesses({ attempt, group: await recordedGroup(workDirectory, attempt) }, 0)
      try {
        await closeWorkplace(workDirectory, attempt)
        log.info({ attempt }, 'ended and removed what an earlier worker had left')
      } catch (error) {
        log.warn({ attempt, err: error }, 'what an earlier worker had left cannot be removed')
      }
    }),
  )
}
