/** Spans of time on the command line. */
import { parsed } from '../options/readers.ts'

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Seconds of a span such as `90d`. */
const parseDuration = (written: string): number | undefined => {
  const [, count, unit = ''] = /^([1-9]\d{0,5})([smhd])$/.exec(written) ?? []
  const seconds = secondsOf[unit]
  return seconds === undefined ? undefined : Number(count) * seconds
}

/** Reads a span, in seconds. */
export const duration = parsed('DURATION', parseDuration, 'a whole number and s, m, h or d, such as 90d')
