/** What programs take of the machine, with all processes that they have started. */
import { readFileSync } from 'node:fs'
import { childrenOf, readStat } from '../../src/worker/processes/proc.ts'
import type { Program } from '../measure/program.ts'

const withDescendants = (pid: number): readonly number[] => [pid, ...childrenOf(pid, '/proc').flatMap(withDescendants)]

const processesOf = (programs: readonly Program[]) => programs.flatMap(({ pid }) => withDescendants(pid))

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** Processor time so far, seconds: of those that have ended too, once they were waited for. */
export const cpuSecondsOf = (programs: readonly Program[]): number =>
  sum(processesOf(programs).map((pid) => readStat(pid)?.cpuSeconds ?? 0))

/** A process may end between the look at the table and the look at it: then it has no memory. */
const shareKb = (pid: number): number => {
  try {
    return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1])
  } catch (error) {
    if (readStat(pid) === null) return 0
    throw error
  }
}

/** Resident memory now, MB. A page that several processes have (the buffers of PostgreSQL, the code of Node) is shared among them. */
export const residentMbOf = (programs: readonly Program[]): number => sum(processesOf(programs).map(shareKb)) / 1000
