/** The process's own log as the domain sees it (pino fits). The cluster's log, which users read, is written with the state. */

/** A structured logger: fields first, then a constant text. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
