/** `command`: runs a program. */
import type { PayloadOf } from '../../../schemas/task-types.ts'
import { completed, type Execution, type ExecutionContext, failed, rejected } from './execution.ts'
import type { Argv } from './launch.ts'
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

/** The program that a payload means; undefined where `command` and `shell` do not fit together. */
const argvOf = ({ command, shell = false }: PayloadOf<'command'>): Argv | undefined => {
  if (typeof command === 'string') return shell ? shellArgv(command) : undefined
  const [program, ...args] = command
  return shell || program === undefined ? undefined : [program, ...args]
}

/** Makes the executor. */
export const commandRunner =
  (options: CommandOptions) =>
  async (payload: PayloadOf<'command'>, context: ExecutionContext): Promise<Execution> => {
    if (payload.shell === true && !options.allow.includes('shell')) {
      return rejected('The owner of this device does not allow `shell`.')
    }
    const argv = argvOf(payload)
    if (argv === undefined) {
      return failed('TASK_ERROR', '`command` must be a list of arguments, or a text together with `shell: true`.')
    }
    const { env, stdin } = payload
    return runProgram(
      { argv, env, stdin },
      context,
      options,
      (ended) => failureOfProgram(ended) ?? completed(ended.result, ended.resource_usage),
    )
  }
