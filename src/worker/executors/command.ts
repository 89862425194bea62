/** `command`: runs a program in an empty directory of its own, and ends with it all that it started. */
import type { ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import type { FinishedParams } from '../../../schemas/link.ts'
import type { ResourceUsage } from '../../../schemas/task.ts'
import type { PayloadOf } from '../../../schemas/task-types.ts'
import { systemCode } from '../errors.ts'
import type { Log } from '../log.ts'
import { endProcesses, GRACE_MS, killNow } from '../processes/ending.ts'
import { measureUsage } from '../processes/usage.ts'
import { closeWorkplace, openWorkplace, recordProcess } from '../processes/workplace.ts'
import { environmentOf } from './environment.ts'
import { completed, type Execution, type ExecutionContext, failed, interrupted, rejected } from './execution.ts'
import { type Argv, argvOf, endOf, launch, type ProgramEnd } from './launch.ts'
import { captureOutput, type OutputCapture } from './output.ts'

/** How long the pipes have to run dry once a program has ended, milliseconds; then something it left behind holds them. */
const DRAIN_MS = 250

/** What the executor needs of the worker. */
export type CommandOptions = {
  /** `DIR/work`. */
  readonly workDirectory: string
  /** The owner's permissions beside the types. */
  readonly allow: readonly string[]
  readonly log: Log
  /** Milliseconds between TERM and KILL. */
  readonly graceMs?: number
}

const collect = (child: ChildProcess, capture: OutputCapture): Promise<void> =>
  new Promise((resolve) => {
    for (const source of [child.stdout, child.stderr]) {
      const taker = capture.stream()
      source?.on('data', (chunk: Buffer) => taker.write(chunk))
      source?.once('close', () => taker.end())
    }
    child.once('close', () => resolve())
  })

const executionOf = (end: ProgramEnd, capture: OutputCapture, usage: ResourceUsage): Execution => {
  const result = { ...capture.printed(), exit_code: end.code, signal: end.signal, value: null }
  if (end.signal !== null) {
    return failed('TASK_KILLED', `The program was ended by ${end.signal}.`, { result, resource_usage: usage })
  }
  if (end.code === 0) return completed(result, usage)
  return failed('TASK_EXIT_NONZERO', `The program ended with exit code ${end.code ?? 'unknown'}.`, {
    result,
    resource_usage: usage,
  })
}

/** Why the system does not start a program, where it will not start the like either. */
const refusals: Readonly<Record<string, { reason: string; rejection?: FinishedParams['rejection'] }>> = {
  ENOENT: { reason: 'there is no such program on this device', rejection: 'program' },
  EACCES: { reason: 'this device may not run it', rejection: 'program' },
  ENOEXEC: { reason: 'it is not for this machine', rejection: 'program' },
  E2BIG: { reason: 'its arguments and environment are too large for this device', rejection: 'input' },
}

/** What the system says of a program that it does not start. What is wrong with the arguments is wrong on every device. */
const notStarted = (program: string, error: unknown): Execution => {
  const code = systemCode(error)
  if (code === undefined || code.startsWith('ERR_')) {
    return failed('TASK_ERROR', `The program cannot be started: ${String(error)}`)
  }
  const { reason, rejection } = refusals[code] ?? { reason: code }
  return rejected(`${program.slice(0, 256)} cannot be started: ${reason}.`, rejection)
}

const runProgram = async (
  child: ChildProcess & { readonly pid: number },
  { attempt, signal, killed, onOutput }: ExecutionContext,
  { workDirectory, log, graceMs = GRACE_MS }: CommandOptions,
): Promise<Execution> => {
  const meter = measureUsage(child.pid)
  const capture = captureOutput(onOutput)
  const drained = collect(child, capture)
  const processes = { attempt, group: child.pid }
  let ending: Promise<void> | undefined
  const end = () => {
    ending ??= endProcesses(processes, graceMs)
  }
  const kill = () => killNow(processes)
  signal.addEventListener('abort', end, { once: true })
  killed.addEventListener('abort', kill, { once: true })
  // It may have been told to end while the program was being started.
  if (signal.aborted) end()
  const recorded = recordProcess(workDirectory, attempt, child.pid).catch((error: unknown) =>
    // The program runs all the same, and bears its marker.
    log.warn({ err: error, attempt }, 'the process of a task cannot be recorded'),
  )
  const programEnd = await endOf(child)
  const wasInterrupted = ending !== undefined || killed.aborted
  const usage = meter.stop()
  // A task ends with its program: what it left behind would run in no slot, in a directory that is gone.
  await Promise.race([drained, pause(DRAIN_MS)])
  ending ??= endProcesses(processes, graceMs)
  await Promise.all([ending, recorded])
  signal.removeEventListener('abort', end)
  killed.removeEventListener('abort', kill)
  await Promise.race([drained, pause(DRAIN_MS)])
  child.stdout?.destroy()
  child.stderr?.destroy()
  return wasInterrupted
    ? interrupted({ ...capture.printed(), exit_code: programEnd.code, signal: programEnd.signal, value: null }, usage)
    : executionOf(programEnd, capture, usage)
}

const runInWorkplace = async (
  argv: Argv,
  payload: PayloadOf<'command'>,
  context: ExecutionContext,
  options: CommandOptions,
): Promise<Execution> => {
  const { attempt, signal } = context
  let child: ChildProcess & { readonly pid: number }
  try {
    const directory = await openWorkplace(options.workDirectory, attempt)
    if (signal.aborted) return interrupted(null)
    const env = environmentOf({ attempt, directory, own: payload.env })
    child = await launch(argv, { cwd: directory, env, stdin: payload.stdin })
  } catch (error) {
    return notStarted(argv[0], error)
  }
  return runProgram(child, context, options)
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
    try {
      return await runInWorkplace(argv, payload, context, options)
    } finally {
      await closeWorkplace(options.workDirectory, context.attempt).catch((error: unknown) =>
        options.log.warn({ err: error, attempt: context.attempt }, 'the directory of a task cannot be removed'),
      )
    }
  }
