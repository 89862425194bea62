/** `echo`: prints a message. */
import type { PayloadOf } from '../../../schemas/task-types.ts'
import { megabytesOf } from '../telemetry/units.ts'
import { completed, type Execution, type ExecutionContext } from './execution.ts'
import { cutToBytes, OUTPUT_LIMIT } from './output.ts'

/** Prints `message`, `repeat` times, joined by line feeds. No more of it is made than is kept. */
export const echo = (
  { message = '', repeat = 1 }: PayloadOf<'echo'>,
  { onOutput }: ExecutionContext,
): Promise<Execution> => {
  const startedMs = performance.now()
  const bytes = (Buffer.byteLength(message) + 1) * repeat - 1
  const lines = Math.min(repeat, Math.ceil((OUTPUT_LIMIT + 1) / (Buffer.byteLength(message) + 1)) + 1)
  const output = cutToBytes(Array<string>(lines).fill(message).join('\n'), OUTPUT_LIMIT)
  if (output !== '') onOutput(output)
  const tookMs = performance.now() - startedMs
  return Promise.resolve(
    completed(
      { output, output_bytes: bytes, output_truncated: Buffer.byteLength(output) < bytes },
      // It has one core, and is done in one go. What the system counts is that of all threads of the worker, such as its collector's:
      // for so short a time that came to several cores. The memory is the worker's.
      {
        peak_cpu_percent: 100,
        peak_memory_mb: megabytesOf(process.memoryUsage.rss()),
        total_cpu_time_seconds: Number((tookMs / 1000).toFixed(6)),
      },
    ),
  )
}
