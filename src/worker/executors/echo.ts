/** `echo`: prints a message. */
import type { PayloadOf } from '../../../schemas/task-types.ts'
import { megabytesOf, tenthsOf } from '../telemetry/units.ts'
import { completed, type Execution, type ExecutionContext } from './execution.ts'
import { cutToBytes, OUTPUT_LIMIT } from './output.ts'

/** Prints `message`, `repeat` times, joined by line feeds. No more of it is made than is kept. */
export const echo = (
  { message = '', repeat = 1 }: PayloadOf<'echo'>,
  { onOutput }: ExecutionContext,
): Promise<Execution> => {
  const cpuBefore = process.cpuUsage()
  const startedMs = performance.now()
  const bytes = (Buffer.byteLength(message) + 1) * repeat - 1
  const lines = Math.min(repeat, Math.ceil((OUTPUT_LIMIT + 1) / (Buffer.byteLength(message) + 1)) + 1)
  const output = cutToBytes(Array<string>(lines).fill(message).join('\n'), OUTPUT_LIMIT)
  if (output !== '') onOutput(output)
  const { user, system } = process.cpuUsage(cpuBefore)
  const tookMs = performance.now() - startedMs
  // It has one thread. The system counts all those of the worker, such as its collector's, which for so short a time came to several cores.
  const cpuMs = Math.min((user + system) / 1000, tookMs)
  return Promise.resolve(
    completed(
      { output, output_bytes: bytes, output_truncated: Buffer.byteLength(output) < bytes },
      {
        peak_cpu_percent: tenthsOf((100 * cpuMs) / tookMs),
        // The worker's.
        peak_memory_mb: megabytesOf(process.memoryUsage.rss()),
        total_cpu_time_seconds: Number((cpuMs / 1000).toFixed(6)),
      },
    ),
  )
}
