/** What a task prints: decoded, counted in whole, kept up to a bound. */
import { StringDecoder } from 'node:string_decoder'
import type { TaskResult } from '../../../schemas/task.ts'

/** What is kept of an output: its first mebibyte (CONTRACT.md §3). What follows is counted and dropped. */
export const MAX_OUTPUT_BYTES = 1_048_576

/** Collects the output of one task. */
export type OutputCollector = {
  add(chunk: Buffer): void
  /** The fields of a result that speak of the output. */
  end(): Pick<TaskResult, 'output' | 'output_truncated' | 'output_bytes'>
}

/**
 * Collects chunks, from several streams in the order of their arrival. Bytes that are no UTF-8 become U+FFFD; a character
 * that the bound would tear apart is left out.
 */
export const collectOutput = (onOutput: (text: string) => void, maxBytes = MAX_OUTPUT_BYTES): OutputCollector => {
  const decoder = new StringDecoder('utf8')
  let output = ''
  let kept = 0
  let total = 0
  const take = (text: string) => {
    if (text === '') return
    output += text
    onOutput(text)
  }
  return {
    add: (chunk) => {
      total += chunk.length
      const room = chunk.subarray(0, Math.max(0, maxBytes - kept))
      kept += room.length
      take(decoder.write(room))
    },
    end: () => {
      // The beginning of a character at the very end is torn where the bound cut it, and bad where the task did.
      const rest = decoder.end()
      if (total <= maxBytes) take(rest)
      return { output, output_truncated: total > maxBytes, output_bytes: total }
    },
  }
}
