/** How a program ends badly: a sentence for its user, and an exit code (CONTRACT.md §8). */

/** An end that the user can understand. Its message is one sentence that says what to do. */
export class Failure extends Error {
  override readonly name: string = 'Failure'
  readonly exitCode: number

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** The command line, a variable or the config file is wrong: exit code 2. */
export class UsageError extends Failure {
  override readonly name = 'UsageError'
  constructor(message: string, options?: ErrorOptions) {
    super(2, message, options)
  }
}

/** It could not start or go on here: exit code 1. */
export class StartError extends Failure {
  override readonly name = 'StartError'
  constructor(message: string, options?: ErrorOptions) {
    super(1, message, options)
  }
}

/** The code of a system error, such as `EADDRINUSE`; undefined for any other value. */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** Text of a layer below as a sentence: with a capital, and with a full stop. */
export const asSentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
