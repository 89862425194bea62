/** Processor time of the whole machine. */
import { attemptToRead, type System } from '../machine.ts'

/** Milliseconds since the system started, summed over all processors. */
export type ProcessorTime = { readonly busy: number; readonly total: number }

/** Reads the processor time; null where the system keeps it from us (Android: os.cpus() is empty). */
export const readProcessorTime = ({ cpus }: System): ProcessorTime | null => {
  const processors = attemptToRead(cpus) ?? []
  if (processors.length === 0) return null
  let idle = 0
  let total = 0
  for (const { times } of processors) {
    idle += times.idle
    total += times.user + times.nice + times.sys + times.idle + times.irq
  }
  return { busy: total - idle, total }
}
