import { BEGINNING, MESSAGE_LENGTH } from '../executors/progress-lines.ts'

/**
 * What runs in the engine before the code of a task: a function of all that leads out of the engine (a function that
 * prints, and no more), of the code, and of its input as JSON. It returns a promise of the value as JSON.
 *
 * `context` is a global like `console`, and no parameter beside `input`: code may have a variable of that name. What it
 * prints is a line as a program prints it; `console` prints whole lines, so that it always begins one.
 */
export const PRELUDE = String.raw`(print, code, input) => {
  // Kept before the code can change them.
  const { stringify, parse } = JSON
  const kindOf = Object.prototype.toString
  // Lines are counted as the code has them: the engine puts two in front of a function's body.
  const traceOf = ({ stack }) =>
    String(stack)
      .split('\n')
      .filter((line) => line !== '' && !line.includes('prelude.js'))
      .map((line) => '\n' + line.replace(/<input>:(\d+)/, (_, number) => 'code:' + (number - 2)))
      .join('')
  const written = (value) => {
    if (typeof value === 'string') return value
    try {
      if (value instanceof Error) return String(value) + traceOf(value)
      return (typeof value === 'object' ? stringify(value) : undefined) ?? String(value)
    } catch {
      return kindOf.call(value)
    }
  }
  const log = (...values) => print(values.map(written).join(' ') + '\n')
  globalThis.console = { log, debug: log, info: log, warn: log, error: log }
  globalThis.context = {
    progress: (percent, message = '') => {
      if (typeof percent !== 'number' || percent !== percent) throw new TypeError('progress takes a number from 0 to 100')
      const said = [...written(message).replace(/\s+/g, ' ')].slice(0, ${MESSAGE_LENGTH}).join('')
      print('${BEGINNING}' + Math.min(100, Math.max(0, percent)).toFixed(1) + '::' + said + '\n')
    },
  }
  const AsyncFunction = (async () => {}).constructor
  const run = async () => {
    const value = await new AsyncFunction('input', code)(parse(input))
    const json = value === undefined ? 'null' : stringify(value)
    if (json === undefined) throw new TypeError('a ' + typeof value + ' is no value of JSON')
    return json
  }
  return run().catch((error) => {
    log(error)
    throw written(error).split('\n', 1)[0]
  })
}`
