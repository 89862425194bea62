/** The executors by task type. */
import { type BuiltinTypeName, builtinTypes, type PayloadOf } from '../../../schemas/task-types.ts'
import { problemOf } from '../../link/checks.ts'
import type { Clock } from '../clock.ts'
import { type CommandOptions, commandRunner } from './command.ts'
import { echo } from './echo.ts'
import { type Execution, type ExecutionContext, type Executor, failed } from './execution.ts'
import { type HttpRequestOptions, httpRequester } from './http-request.ts'
import { type JavascriptOptions, javascriptRunner } from './javascript.ts'
import { pythonCaller } from './python.ts'
import { pythonEvaluator } from './python-eval.ts'
import { sleeper } from './sleep.ts'
import { type SystemInfo, systemInfo } from './system-info.ts'
import { wasmRunner } from './wasm.ts'

/** What the executors need of the worker. */
export type ExecutorOptions = CommandOptions &
  HttpRequestOptions &
  JavascriptOptions & {
    readonly clock: Clock
    /** What the device tells of itself now. */
    describe(): Promise<SystemInfo>
  }

/** The node checks payloads as well; a worker trusts no message with its owner's device. A bad one is bad everywhere. */
const builtin =
  <T extends BuiltinTypeName>(
    type: T,
    execute: (payload: PayloadOf<T>, context: ExecutionContext) => Promise<Execution>,
  ): Executor =>
  (payload, context) => {
    const problem = problemOf(builtinTypes[type].payload, payload)
    return problem === undefined
      ? execute(payload, context)
      : Promise.resolve(failed('TASK_ERROR', `The payload of ${type} is not valid: ${problem}.`))
  }

/** The executors of the built-in types that this worker knows. What is offered of them is the owner's word (`allow.ts`). */
export const createExecutors = (options: ExecutorOptions): ReadonlyMap<string, Executor> =>
  new Map([
    ['echo', builtin('echo', echo)],
    ['sleep', builtin('sleep', sleeper(options.clock))],
    ['system_info', builtin('system_info', systemInfo(options.describe))],
    ['http_request', builtin('http_request', httpRequester(options))],
    ['command', builtin('command', commandRunner(options))],
    ['python', builtin('python', pythonCaller(options))],
    ['python_eval', builtin('python_eval', pythonEvaluator(options))],
    ['javascript', builtin('javascript', javascriptRunner(options))],
    ['wasm', builtin('wasm', wasmRunner(options))],
  ])
