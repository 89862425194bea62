/** Writing in this very turn, for a process that may be ended in the next one. */
import { writeSync } from 'node:fs'

/** Writes all of a text, and waits where nobody reads it. */
export const writeAll = (fileDescriptor: number, text: string): void => {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length;) written += writeSync(fileDescriptor, bytes, written)
}
