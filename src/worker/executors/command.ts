/** `command`: a program, run in an empty directory of its own, with a clean environment, in a process group of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { PayloadOf } from '../../../schemas/task-types.ts'
import { systemCode } from '../errors.ts'
import { endProcesses } from '../processes/ending.ts'
import { MARKER } from '../processes/proc.ts'
import { measureUsage } from '../processes/usage.ts'
import { closeWorkplace, openWorkplace, recordProcess } from '../processes/workplace.ts'
import { type ExecutionContext, type Executor, type Outcome, completed, rejected } from './executor.ts'
import { collectOutput } from './output.ts'

/** What of the worker's environment a program needs to run at all. Windows programs fail without the last four. */
const INHERITED = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'SystemRoot', 'SystemDrive', 'ComSpec', 'PATHEXT']

const environmentOf = (
  env: Readonly<Record<string, string>>,
  directory: string,
  attempt: string,
): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(INHERITED.map((name): [string, string | undefined] => [name, process.env[name]])),
  HOME: directory,
  TMPDIR: directory,
  ...env,
  [MARKER]: attempt,
})

const argvOf = ({ command, shell }: PayloadOf<'command'>): readonly [string, ...string[]] | string => {
  if (typeof command === 'string') {
    if (shell !== true) return 'a command that is one text needs "shell": true; or send it as an array of arguments'
    return process.platform === 'win32' ? ['cmd.exe', '/d', '/s', '/c', command] : ['/bin/sh', '-c', command]
  }
  const [program, ...args] = command
  if (shell === true) return 'with "shell": true the command is one text, not an array'
  return program === undefined ? 'the command is empty' : [program, ...args]
}

const feed = ({ stdin: pipe }: ChildProcess, stdin: string | undefined) => {
  // A program that does not read its input ends the pipe; that is its own affair.
  pipe?.on('error', () => undefined)
  pipe?.end(stdin ?? '')
}

const endOf = (code: number | null, signal: NodeJS.Signals | null): Pick<Outcome, 'outcome' | 'error'> => {
  if (signal !== null) return { outcome: 'failed', error: { code: 'TASK_KILLED', message: `ended by ${signal}` } }
  if (code === 0) return { outcome: 'completed', error: null }
  return { outcome: 'failed', error: { code: 'TASK_EXIT_NONZERO', message: `exit code ${String(code)}` } }
}

/** What the system says when a program cannot be started at all: another device may have it. */
const CANNOT_START: ReadonlySet<string | undefined> = new Set(['ENOENT', 'EACCES', 'ENOEXEC', 'E2BIG', 'EPERM'])

const cannotStart = (program: string, error: unknown): Outcome => {
  if (CANNOT_START.has(systemCode(error)))
    return rejected(`${program} cannot be started on this device (${systemCode(error) ?? ''})`)
  const message = error instanceof Error ? error.message : String(error)
  return { outcome: 'failed', result: null, error: { code: 'TASK_ERROR', message }, usage: null }
}

/** Waits for the program, and ends its whole tree when it is told to. Nothing of it is left when this resolves. */
const follow = async (child: ChildProcess, { attempt, signal, onOutput }: ExecutionContext): Promise<Outcome> => {
  const output = collectOutput(onOutput)
  child.stdout?.on('data', (chunk: Buffer) => output.add(chunk))
  child.stderr?.on('data', (chunk: Buffer) => output.add(chunk))
  const group = child.pid ?? null
  const meter = group === null ? undefined : measureUsage(group)
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  const exited = once(child, 'exit')
  const end = () => void endProcesses({ group, attempt })
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  await exited
  signal.removeEventListener('abort', end)
  // What the program left behind belongs to the task: it is ended with it, and lets go of the output.
  await endProcesses({ group, attempt }, signal.aborted ? undefined : 0)
  const [code, killedBy] = await closed
  const usage = meter?.stop() ?? null
  const result = { ...output.end(), exit_code: code, signal: killedBy, value: null }
  return { ...completed(result, usage), ...endOf(code, killedBy) }
}

/** Makes the executor. `shell` says whether the owner allowed it. */
export const command =
  ({ workDirectory, shell }: { readonly workDirectory: string; readonly shell: boolean }): Executor =>
  async (payload, context) => {
    const request = payload as PayloadOf<'command'>
    const argv = argvOf(request)
    if (typeof argv === 'string') return rejected(argv)
    if (request.shell === true && !shell)
      return rejected('this device does not allow shell; its owner would add --allow shell')
    const [program, ...args] = argv
    const { attempt } = context
    const directory = await openWorkplace(workDirectory, attempt)
    try {
      const child = spawn(program, args, {
        cwd: directory,
        env: environmentOf(request.env ?? {}, directory, attempt),
        // A group of its own, so that the whole of it can be ended.
        detached: process.platform !== 'win32',
        windowsHide: true,
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      try {
        await once(child, 'spawn')
      } catch (error) {
        return cannotStart(program, error)
      }
      feed(child, request.stdin)
      const [outcome] = await Promise.all([
        follow(child, context),
        recordProcess(workDirectory, attempt, child.pid ?? 0),
      ])
      return outcome
    } catch (error) {
      // spawn() throws at once for what no system could start: a NUL in an argument.
      return cannotStart(program, error)
    } finally {
      await closeWorkplace(workDirectory, attempt)
    }
  }
