/** Reading the file of an owner's own task types: its text, and which types it has, as a process of its own tells. */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Offer } from '../../../schemas/device-profile.ts'
import { systemCode, WorkerError } from '../errors.ts'
import { type CustomOptions, customTypesArgv } from '../executors/custom.ts'
import { completed, type Execution, type ExecutionContext, failed } from '../executors/execution.ts'
import { type EndedProgram, failureOfProgram, runProgram } from '../executors/program.ts'
import type { CustomTypesRequest, TaskFile } from './request.ts'

/** A file with the types that it has. */
export type ReadTaskFile = { readonly file: TaskFile; readonly types: Offer['custom_types'] }

/** Seconds that a module may take to load. An old phone takes a few for Node alone. */
const LOAD_SECONDS = 30
/** Bytes of all types with their schemas as JSON: as many as `offered.ts` lets through. */
const TYPES_LIMIT = 4 * 2 ** 20

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read by this user',
  EISDIR: 'it is a directory',
}

const unusable = (path: string, why: string, cause?: unknown): WorkerError =>
  new WorkerError('TASKS_UNUSABLE', `The task types of ${path} cannot be used: ${why.replace(/\.$/, '')}.`, { cause })

/** The file as it is now. @throws WorkerError `TASKS_UNUSABLE` */
export const readSource = async (path: string): Promise<TaskFile> => {
  try {
    return { path, source: await readFile(path, 'utf8') }
  } catch (error) {
    const code = systemCode(error)
    if (code === undefined) throw error
    throw unusable(path, reasons[code] ?? code, error)
  }
}

const conclude = (ended: EndedProgram): Execution => {
  const told = ended.answer.toString()
  const failure = failureOfProgram(ended, told === '' ? undefined : told)
  if (failure !== undefined) return failure
  try {
    return completed({ ...ended.result, value: JSON.parse(told) as unknown })
  } catch {
    // It has ended its process itself, or written where the answer goes.
    return failed('TASK_ERROR', 'its code did not load to its end', { result: ended.result })
  }
}

/** A run that is no attempt of a task: its name is nobody else's, and what it leaves behind is found by it. */
const loading = (signal: AbortSignal): ExecutionContext => ({
  attempt: `custom-types.${randomUUID()}`,
  number: 1,
  timeoutSeconds: LOAD_SECONDS,
  signal,
  killed: new AbortController().signal,
  onOutput: () => undefined,
  onProgress: () => undefined,
})

/**
 * The types of a file. Its code runs in a process of its own, which is ended.
 * @throws WorkerError `TASKS_UNUSABLE`
 */
export const typesOf = async (file: TaskFile, options: CustomOptions): Promise<ReadTaskFile> => {
  const request: CustomTypesRequest = { file }
  const program = {
    argv: customTypesArgv(options.workerFile),
    stdin: JSON.stringify(request),
    answerLimit: TYPES_LIMIT,
  }
  const late = AbortSignal.timeout(LOAD_SECONDS * 1000)
  const { outcome, result, error } = await runProgram(program, loading(late), { ...options, graceMs: 0 }, conclude)
  if (outcome === 'completed') return { file, types: result?.value as Offer['custom_types'] }
  options.log.debug({ file: file.path, printed: result?.output }, 'what the file of --tasks printed')
  throw unusable(file.path, error?.message ?? `its code has not ended to load after ${LOAD_SECONDS} seconds`)
}
