/** What a task prints: decoded, counted in full, and kept up to a limit. */

/** Bytes of output that are kept (CONTRACT.md §3): 1 MiB of UTF-8. The beginning is kept, the rest is only counted. */
export const OUTPUT_LIMIT = 1_048_576

/** The fields of a result that tell of the output. */
export type PrintedOutput = {
  readonly output: string
  readonly output_truncated: boolean
  readonly output_bytes: number
}

/** The longest beginning of a text that fits into so many bytes of UTF-8, without a torn character. */
export const cutToBytes = (text: string, limit: number): string => {
  // A UTF-16 unit is at most three bytes of UTF-8.
  if (text.length * 3 <= limit) return text
  const bytes = Buffer.from(text)
  if (bytes.length <= limit) return text
  let end = limit
  // Bytes of the form 10xxxxxx continue a character (RFC 3629 §3).
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}

/** Takes one stream of bytes, piece by piece. */
export interface ByteTaker {
  write(chunk: Buffer): void
  /** Nothing more comes. */
  end(): void
}

/** Output as it comes in. */
export interface OutputCapture {
  /** A taker for one stream of bytes; a character whose bytes come in two pieces is put together. `end` gives up the rest. */
  stream(): ByteTaker
  /** What came in so far. */
  printed(): PrintedOutput
}

/**
 * Collects the output of several streams in order of arrival. What is not UTF-8 becomes U+FFFD.
 * @param onText - is told what is kept, as it comes in
 */
export const captureOutput = (onText: (text: string) => void, limit: number = OUTPUT_LIMIT): OutputCapture => {
  const kept: string[] = []
  let room = limit
  let truncated = false
  let bytes = 0
  const keep = (text: string) => {
    if (text === '' || truncated) return
    const beginning = cutToBytes(text, room)
    truncated = beginning.length < text.length
    room -= Buffer.byteLength(beginning)
    if (beginning === '') return
    kept.push(beginning)
    onText(beginning)
  }
  return {
    stream: () => {
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
      return {
        write: (chunk) => {
          bytes += chunk.length
          keep(decoder.decode(chunk, { stream: true }))
        },
        end: () => keep(decoder.decode()),
      }
    },
    printed: () => ({ output: kept.join(''), output_truncated: truncated, output_bytes: bytes }),
  }
}
