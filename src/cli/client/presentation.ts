/** Figures as people read them. Programs get them as they are: in JSON, YAML and CSV. */

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

/** A span of time in its largest unit, such as `3m`; below ten seconds with a decimal. @param seconds - 0 or more */
export const span = (seconds: number): string => {
  if (seconds < 10) return `${Number(seconds.toFixed(1))}s`
  if (seconds < 2 * MINUTE) return `${Math.floor(seconds)}s`
  if (seconds < 2 * HOUR) return `${Math.floor(seconds / MINUTE)}m`
  if (seconds < 2 * DAY) return `${Math.floor(seconds / HOUR)}h`
  return `${Math.floor(seconds / DAY)}d`
}

/** How long ago an instant was, or how far ahead it is. Clocks differ: what is a second ahead is now. */
export const ago = (instant: string, now: number = Date.now()): string => {
  const seconds = (now - Date.parse(instant)) / 1000
  if (seconds < -1) return `in ${span(-seconds)}`
  return seconds < 1 ? 'now' : `${span(Math.floor(seconds))} ago`
}

/** A size. @param gibibytes - as the fields `*_gb` have it */
export const size = (gibibytes: number): string => {
  if (gibibytes < 1) return `${Math.round(gibibytes * 1024)} MiB`
  return gibibytes < 1024 ? `${Number(gibibytes.toFixed(1))} GiB` : `${Number((gibibytes / 1024).toFixed(1))} TiB`
}

const KIBI = 1024
const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** A size. @param count - in bytes */
export const bytes = (count: number): string => {
  const step = count < KIBI ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(count) / 10))
  return `${Number((count / KIBI ** step).toFixed(1))} ${units[step] ?? ''}`
}

/** A share of 100. */
export const percent = (share: number): string => `${share}%`

/** A part of a whole, such as `1.5/8 GiB`; undefined where the whole is not known. */
export const sizeOf = (used: number | null, total: number | null): string | undefined => {
  if (total === null) return undefined
  return used === null ? size(total) : `${size(used)} of ${size(total)}`
}

/** How far a task says that it is, such as `40% page 2 of 5`; null where it says nothing. */
export const howFar = (progress: number | null, message: string | null): string | null =>
  progress === null ? null : [percent(progress), message].filter((part) => part !== null).join(' ')

/** So many of something. @param many - what several are called, where that is not with an s */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`
