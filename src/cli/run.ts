/** The outermost shell of a program: its end becomes an exit code, and a sentence where it is a bad one. */
import type { Writable } from 'node:stream'
import { Failure, systemCode } from './failure.ts'
import { harmless } from './harmless.ts'
import { Shown } from './options/command-line.ts'

const exitCodeOf = async (name: string, program: () => Promise<number>): Promise<number> => {
  try {
    return await program()
  } catch (error) {
    if (error instanceof Shown) return 0
    if (!(error instanceof Failure)) throw error
    process.stderr.write(`${name}: ${harmless(error.message.replace(/\s+/g, ' '))}\n`)
    return error.exitCode
  }
}

/** Resolves when all that was written is taken, or can't be taken any more. */
const flushed = (stream: Writable): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => resolve())
  })

/**
 * Runs a program to its end, and ends the process with its exit code. A failure is one line on stderr; an error that is
 * none of ours is a bug, and keeps its stack.
 */
export const run = async (name: string, program: () => Promise<number>): Promise<void> => {
  // `… | head -1` closes the pipe early, which is no failure of ours.
  process.stdout.on('error', (error) => {
    if (systemCode(error) === 'EPIPE') process.exit(0)
    throw error
  })
  const exitCode = await exitCodeOf(name, program)
  await Promise.all([flushed(process.stdout), flushed(process.stderr)])
  // What matters is closed by now: a timer or a socket that a library has left behind must not hold the process.
  process.exit(exitCode)
}
