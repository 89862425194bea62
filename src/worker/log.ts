/** The log of the worker: structured, fields first, then a constant text. */

/** What the worker writes its log to (pino fits). */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
