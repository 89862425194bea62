/** Instants: text on the wire, epoch milliseconds inside. */

/** RFC 3339, UTC, milliseconds, `Z`. */
export const toInstant = (ms: number): string => new Date(ms).toISOString()

/** What a query may say: RFC 3339 or Unix seconds. The schema has let nothing else through. */
export const fromInstant = (text: string): number =>
  /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1000) : Date.parse(text)

/** Uptime as the document writes it: `15d 6h 42m`. */
export const toUptime = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000)
  return `${String(Math.floor(minutes / 1440))}d ${String(Math.floor(minutes / 60) % 24)}h ${String(minutes % 60)}m`
}
