/** Runs a program in an empty directory of its own, and ends with it all that it started. */
import type { Readable } from 'node:stream'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import type { FinishedParams } from '../../../schemas/link.ts'
import type { ResourceUsage, TaskResult } from '../../../schemas/task.ts'
import { systemCode } from '../errors.ts'
import type { Log } from '../log.ts'
import { endProcesses, GRACE_MS, killNow } from '../processes/ending.ts'
import { measureUsage } from '../processes/usage.ts'
import { closeWorkplace, openWorkplace, recordProcess } from '../processes/workplace.ts'
import type { Argv } from './argv.ts'
import { environmentOf } from './environment.ts'
import { type Execution, type ExecutionContext, failed, interrupted, rejected } from './execution.ts'
import { answerOf, endOf, launch, type StartedProgram } from './launch.ts'
import { type ByteTaker, captureOutput, type OutputCapture } from './output.ts'
import { withoutProgress } from './progress-lines.ts'
import { stageInputs, withOutputs } from './task-directory.ts'
import { beginningOf } from './yielding.ts'

/** How long the pipes have to run dry once a program has ended, milliseconds; then something it left behind holds them. */
const DRAIN_MS = 250

/** What running programs needs of the worker. */
export type ProgramOptions = {
  /** `DIR/work`. */
  readonly workDirectory: string
  readonly log: Log
  /** Milliseconds between TERM and KILL. */
  readonly graceMs?: number
  /** How much programs yield to others, as nice(1) counts; absent: as much as the worker. */
  readonly niceness?: number | undefined
  /** Watches what a program and all below it use up; absent: each by itself. */
  readonly measure?: typeof measureUsage
}

/** A program that is to run. */
export type Program = {
  readonly argv: Argv
  /** Variables beside those that every program gets. */
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly stdin: string | undefined
  /** How many bytes are kept of what it writes to its file descriptor 3; without it there is none. */
  readonly answerLimit?: number
}

/** A program that came to an end of its own. */
export type EndedProgram = {
  /** What it printed and how it ended; the value is for the task type to fill in. */
  readonly result: TaskResult
  /** What it wrote to its file descriptor 3, one byte more than the limit at the most. */
  readonly answer: Buffer
  readonly resource_usage: ResourceUsage
}

const read = (source: Readable | null, taker: ByteTaker): void => {
  source?.on('data', (chunk: Buffer) => taker.write(chunk))
  source?.once('close', () => taker.end())
}

/** Takes what the program prints, and from its standard output how far it is. Resolves when all its pipes are closed. */
const collect = (
  child: StartedProgram,
  capture: OutputCapture,
  onProgress: ExecutionContext['onProgress'],
): Promise<void> => {
  read(child.stdout, withoutProgress(capture.stream(), onProgress))
  read(child.stderr, capture.stream())
  return new Promise((resolve) => child.once('close', () => resolve()))
}

/** Keeps the beginning of what a pipe brings: a byte more than the limit, so that too much is known as such. */
const keepBeginning = (source: Readable | undefined, limit: number): (() => Buffer) => {
  const chunks: Buffer[] = []
  let room = limit + 1
  source?.on('data', (chunk: Buffer) => {
    if (room > 0) chunks.push(chunk.subarray(0, room))
    room = Math.max(0, room - chunk.length)
  })
  return () => Buffer.concat(chunks)
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

const attend = async (
  child: StartedProgram,
  { answerLimit = 0 }: Program,
  { attempt, signal, killed, onOutput, onProgress }: ExecutionContext,
  { workDirectory, log, graceMs = GRACE_MS, measure = measureUsage }: ProgramOptions,
): Promise<EndedProgram & { readonly wasInterrupted: boolean }> => {
  const meter = measure(child.pid, attempt)
  const capture = captureOutput(onOutput)
  const answerPipe = answerOf(child)
  const answer = keepBeginning(answerPipe, answerLimit)
  const drained = collect(child, capture, onProgress)
  const processes = { attempt, group: child.pid }
  let ending: Promise<void> | undefined
  const end = () => {
    ending ??= endProcesses(processes, graceMs)
  }
  const kill = () => killNow(processes)
  signal.addEventListener('abort', end, { once: true })
  killed.addEventListener('abort', kill, { once: true })
  // It may have been told to end while the program was being started.
  if (killed.aborted) kill()
  if (signal.aborted) end()
  const recorded = recordProcess(workDirectory, attempt, child.pid).catch((error: unknown) =>
    // The program runs all the same, and bears its marker.
    log.warn({ err: error, attempt }, 'the process of a task cannot be recorded'),
  )
  const programEnd = await endOf(child)
  const wasInterrupted = ending !== undefined || killed.aborted
  const resource_usage = meter.stop()
  // A task ends with its program: what it left behind would run in no slot, in a directory that is gone.
  await Promise.race([drained, pause(DRAIN_MS)])
  ending ??= endProcesses(processes, graceMs)
  await Promise.all([ending, recorded])
  signal.removeEventListener('abort', end)
  killed.removeEventListener('abort', kill)
  await Promise.race([drained, pause(DRAIN_MS)])
  for (const pipe of [child.stdout, child.stderr, answerPipe]) pipe?.destroy()
  const result = { ...capture.printed(), exit_code: programEnd.code, signal: programEnd.signal, value: null }
  return { result, answer: answer(), resource_usage, wasInterrupted }
}

const runInWorkplace = async (
  program: Program,
  context: ExecutionContext,
  options: ProgramOptions,
  conclude: (ended: EndedProgram) => Execution,
): Promise<Execution> => {
  const { attempt, signal } = context
  const { argv, env, stdin, answerLimit } = program
  let directory: string
  let child: StartedProgram
  try {
    directory = await openWorkplace(options.workDirectory, attempt)
    const unstaged = await stageInputs(directory, context)
    const place = { cwd: directory, env: environmentOf({ attempt, directory, own: env }) }
    const beginning = await beginningOf(argv, options.niceness, place)
    // The start of the attempt leaves at the end of a turn: should the program fell the device, the node knows that it ran.
    await nextTurn()
    if (signal.aborted) return interrupted(null)
    if (unstaged !== undefined) return unstaged
    child = await launch(beginning, { ...place, stdin, answers: answerLimit !== undefined })
  } catch (error) {
    return notStarted(argv[0], error)
  }
  const { wasInterrupted, ...ended } = await attend(child, program, context, options)
  return wasInterrupted
    ? interrupted(ended.result, ended.resource_usage)
    : withOutputs(conclude(ended), directory, context)
}

/**
 * Runs a program to its end; its directory goes with it.
 * @param conclude - what its end means, where it was not ended from outside
 */
export const runProgram = async (
  program: Program,
  context: ExecutionContext,
  options: ProgramOptions,
  conclude: (ended: EndedProgram) => Execution,
): Promise<Execution> => {
  try {
    return await runInWorkplace(program, context, options, conclude)
  } finally {
    await closeWorkplace(options.workDirectory, context.attempt).catch((error: unknown) =>
      options.log.warn({ err: error, attempt: context.attempt }, 'the directory of a task cannot be removed'),
    )
  }
}

/**
 * What the end of a program means by itself: undefined where it went well.
 * @param message - why it ended with another exit code than 0
 */
export const failureOfProgram = (
  { result, resource_usage }: EndedProgram,
  message = `The program ended with exit code ${result.exit_code ?? 'unknown'}.`,
): Execution | undefined => {
  if (result.signal !== null) {
    return failed('TASK_KILLED', `The program was ended by ${result.signal}.`, { result, resource_usage })
  }
  return result.exit_code === 0 ? undefined : failed('TASK_EXIT_NONZERO', message, { result, resource_usage })
}
