/**
 * The program that measures: a process of its own at a low priority, that writes operations per second to its standard output.
 * Processor time is counted, not the clock on the wall: what else runs on the device takes nothing from the figure.
 */
import { writeSync } from 'node:fs'
import { setPriority } from 'node:os'
import { operate } from './workload.ts'

/** Until the compiler has done its part, milliseconds. */
const WARM_UP_MS = 250
/** The median of so many slices is told: one that was disturbed does not count. */
const SLICES = 7
const SLICE_MS = 250
/** How many operations are done between two looks at the time, which cost a system call each. */
const BETWEEN_LOOKS = 8
/** As `nice` has it: everybody else on the device comes first. */
const NICE = 10

/** Processor time of this process, milliseconds. */
const usedMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

let seed = 1

const worker = process.ppid
/** Nobody ends a benchmark whose worker was killed: it would go on at the side of the next one. */
const endWithWorker = (): void => {
  if (process.ppid !== worker) process.exit(1)
}

/** Operations per second over so much processor time. */
const slice = (lengthMs: number): number => {
  const startMs = usedMs()
  let operations = 0
  let elapsedMs = 0
  while (elapsedMs < lengthMs) {
    for (let one = 0; one < BETWEEN_LOOKS; one += 1) seed = operate(seed)
    operations += BETWEEN_LOOKS
    endWithWorker()
    elapsedMs = usedMs() - startMs
  }
  return (operations * 1000) / elapsedMs
}

/** Measures, for some two seconds of processor time. @returns operations per second of one core */
export const measure = (): number => {
  slice(WARM_UP_MS)
  const slices = Array.from({ length: SLICES }, () => slice(SLICE_MS)).sort((a, b) => a - b)
  return Math.round(slices[(SLICES - 1) / 2] ?? 0)
}

/** Measures out of everybody's way, and writes the figure. */
export const runBenchmark = (): void => {
  setPriority(NICE)
  // At once, whatever the system: this process ends with it.
  writeSync(1, `${measure()}\n`)
}
