/**
 * The program in which the code of `javascript` tasks runs: a process of its own, and in it an engine of its own. Its
 * request, its answer and its exit code are those of `executors/evaluation.ts`.
 */
import { readFileSync } from 'node:fs'
import { newQuickJSWASMModuleFromVariant, type QuickJSContext, type QuickJSHandle } from 'quickjs-emscripten-core'
import { writeAll } from '../write-all.ts'
import { engine } from './engine.ts'
import { PRELUDE } from './prelude.ts'

/** Memory of the code and all that it makes, bytes: a phone of 2 GiB bears some of it at a time. */
const MEMORY_LIMIT = 128 * 2 ** 20
/** Stack of the code, bytes: less than the stack under WebAssembly, which must not be what runs out. */
const STACK_LIMIT = 256 * 1024

/** What the sandbox is asked. */
export type SandboxRequest = { readonly code: string; readonly input: unknown }

/** Takes what a request prints (1) and its answer (3), by the file descriptor that each goes to. */
export type Writer = (fileDescriptor: 1 | 3, text: string) => void

/** What an engine tells of an error that no code has caught. */
const messageOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return String(error)
  const { name = 'Error', message = '' } = error as { readonly name?: string; readonly message?: string }
  return `${name}: ${message}`
}

const createContext = async (): Promise<QuickJSContext> => {
  const quickjs = await newQuickJSWASMModuleFromVariant(engine)
  const runtime = quickjs.newRuntime({ memoryLimitBytes: MEMORY_LIMIT, maxStackSizeBytes: STACK_LIMIT })
  const worker = process.ppid
  // Nobody ends code that outlives its worker, but the next worker, which may never come: it would burn until the battery is empty.
  runtime.setInterruptHandler(() => process.ppid !== worker)
  return runtime.newContext()
}

/** Runs the code to its end. Nothing is disposed of: the engine goes with the process. */
const run = (context: QuickJSContext, { code, input }: SandboxRequest, write: Writer): QuickJSHandle => {
  const print = context.newFunction('print', (text) => write(1, context.getString(text)))
  const start = context.unwrapResult(context.evalCode(PRELUDE, 'prelude.js'))
  const parameters = [print, context.newString(code), context.newString(JSON.stringify(input))]
  const promise = context.unwrapResult(context.callFunction(start, context.undefined, parameters))
  context.unwrapResult(context.runtime.executePendingJobs())
  const state = context.getPromiseState(promise)
  if (state.type === 'fulfilled') return state.value
  if (state.type === 'rejected') throw context.dump(state.error)
  throw new Error('it waits for a promise that nothing settles')
}

/**
 * Answers a request in an engine of its own.
 * @returns the exit code
 */
export const answer = async (request: SandboxRequest, write: Writer): Promise<0 | 1> => {
  const context = await createContext()
  try {
    write(3, context.getString(run(context, request, write)))
    return 0
  } catch (error) {
    write(3, messageOf(error))
    return 1
  }
}

/**
 * Answers the request on the standard input.
 * @returns the exit code
 */
export const runSandbox = (): Promise<0 | 1> => answer(JSON.parse(readFileSync(0, 'utf8')) as SandboxRequest, writeAll)
