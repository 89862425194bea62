/** `command`: runs a program. */
import type { PayloadOf } from '../../../schemas/task-types.ts'
import type { Argv } from './argv.ts'
import { completed, type Execution, type ExecutionContext, rejected } from './execution.ts'
import { failureOfProgram, type ProgramOptions, runProgram } from './program.ts'

/** What the executor needs of the worker. */
export type CommandOptions = ProgramOptions & {
  /** The owner's permissions beside the types. */
  readonly allow: readonly string[]
}

/** The shell that `shell: true` means. Android has none in /bin. */
const shellArgv = (line: string): Argv => {
  if (process.platform === 'win32') return [process.env.ComSpec ?? 'cmd.exe', '/d', '/s', '/c', line]
  return [process.platform === 'android' ? 'sh' : '/bin/sh', '-c', line]
}

/** The program that a payload means. The schema sees to it that a line comes with `shell: true`, and that a list is not empty. */
const argvOf = ({ command }: PayloadOf<'command'>): Argv => {
  if (typeof command === 'string') return shellArgv(command)
  const [program = '', ...args] = command
  return [program, ...args]
}

/** Makes the executor. */
export const commandRunner =
  (options: CommandOptions) =>
  async (payload: PayloadOf<'command'>, context: ExecutionContext): Promise<Execution> => {
    if (payload.shell === true && !options.allow.includes('shell')) {
      return rejected('The owner of this device does not allow `shell`.')
    }
    const { env, stdin } = payload
    return runProgram(
      { argv: argvOf(payload), env, stdin },
      context,
      options,
      (ended) => failureOfProgram(ended) ?? completed(ended.result, ended.resource_usage),
    )
  }
