/** Instants: text on the wire, epoch milliseconds inside. */

let last = { ms: 0, text: '1970-01-01T00:00:00.000Z' }

/** RFC 3339, UTC, milliseconds, `Z`. The last one is kept: what happens in one millisecond asks for the same many times. */
export const toInstant = (ms: number): string => {
  if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() }
  return last.text
}

/** What a query may say: RFC 3339 or Unix seconds. The schema has let nothing else through. */
export const fromInstant = (text: string): number =>
  /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1000) : Date.parse(text)

/** Uptime as the document writes it: `15d 6h 42m`. */
export const toUptime = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000)
  return `${String(Math.floor(minutes / 1440))}d ${String(Math.floor(minutes / 60) % 24)}h ${String(minutes % 60)}m`
}
