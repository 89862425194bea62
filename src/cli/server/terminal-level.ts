/** How much of the log a person sees. */
import type { LogLevel } from '../../../schemas/log.ts'
import type { Source } from '../options/layers.ts'

/** The level of the log: as asked for; on a terminal, where nobody asked, warnings and errors only, beside the lines for people. */
export const terminalLevel = (source: Source, level: LogLevel): LogLevel =>
  source === 'default' && process.stderr.isTTY ? 'warning' : level
