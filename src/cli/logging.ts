/** The log of a program: JSON lines on stderr, or short readable ones where stderr is a terminal. */
import { styleText } from 'node:util'
import { type DestinationStream, type Logger, pino } from 'pino'
import type { LogLevel } from '../../schemas/log.ts'

/** The contract's levels in pino's words. */
const pinoLevels = { debug: 'debug', info: 'info', warning: 'warn', error: 'error' } as const satisfies Record<
  LogLevel,
  string
>

/** Fields that must not stand in any log, at the top of a line and one level below. */
const secrets = ['token', 'join_token', 'credential', 'secret', 'api_key', 'authorization', '["x-api-key"]']
const redact = secrets.flatMap((field) => [field, field.startsWith('[') ? `*${field}` : `*.${field}`])

const colours = { debug: 'gray', info: 'cyan', warning: 'yellow', error: 'red' } as const satisfies Record<
  LogLevel,
  string
>

/** A line for people: the time, the level, the text, and the fields as `name=value`. */
const readable = (line: string): string => {
  const { level, time, msg, ...rest } = JSON.parse(line) as Record<string, unknown>
  const name = String(level)
  const colour = name in colours ? colours[name as LogLevel] : 'white'
  // The terminal shows one program: its name and process id would only be in the way.
  const fields = Object.entries(rest).filter(([key]) => key !== 'program' && key !== 'pid')
  const pairs = fields.map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  const clock = String(time).slice(11, 19)
  return `${clock} ${styleText(colour, name.padEnd(7), { stream: process.stderr })} ${[String(msg), ...pairs].join(' ')}\n`
}

const terminal: DestinationStream = { write: (line) => process.stderr.write(readable(line)) }

/**
 * Standard error for machines. The lines of one turn of the loop are written together: a call of the system for each line costs a
 * server as much as a tenth of a request. Those of the last turn are written as the process exits.
 */
const byTurns = (): DestinationStream => {
  const stderr = pino.destination({ dest: 2, sync: true })
  let lines = ''
  const flush = () => {
    const written = lines
    lines = ''
    if (written !== '') stderr.write(written)
  }
  process.once('exit', flush)
  return {
    write: (line) => {
      if (lines === '') setImmediate(flush)
      lines += line
    },
  }
}

/**
 * Opens the log of a program.
 * @param options - `level`: the least level that is written; `program`: its name, which stands in every line
 */
export const openLog = ({ level, program }: { level: LogLevel; program: string }): Logger =>
  pino(
    {
      level: pinoLevels[level],
      base: { program, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label === 'warn' ? 'warning' : label }) },
      redact,
    },
    process.stderr.isTTY ? terminal : byTurns(),
  )
