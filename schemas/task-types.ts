/** The built-in task types with their payloads. The worker's executors and the API's validation read this one table. */
import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { component, object, oneOf } from './component.ts'
import { anyJson, integer, mapOf, text } from './primitives.ts'

/** 1 MiB of text, the most that one string of a payload may hold (a body is at most 2 MiB). */
const LONG_TEXT = 1_048_576

/** Payload of `echo`. */
export const EchoPayload = component(
  'EchoPayload',
  object(
    'Prints a message.',
    {
      message: Type.Optional(text('The text to print. When absent: the empty text.', LONG_TEXT)),
      repeat: Type.Optional(integer('How many times, joined by line feeds. When absent: 1.', 1, 10_000)),
    },
    { examples: [{ message: 'Hello World', repeat: 3 }] },
  ),
)
/** Payload of `sleep`. */
export const SleepPayload = component(
  'SleepPayload',
  object(
    'Waits, and does nothing.',
    {
      duration: Type.Number({ minimum: 0, maximum: 86_400, description: 'How long, in seconds.' }),
    },
    { examples: [{ duration: 2 }] },
  ),
)
/** Payload of `system_info`. */
export const SystemInfoPayload = component(
  'SystemInfoPayload',
  object('Returns what the device tells of itself, as `value`.', {}, { examples: [{}] }),
)
/** Payload of `http_request`. */
export const HttpRequestPayload = component(
  'HttpRequestPayload',
  object(
    'Makes an HTTP request from the device.',
    {
      url: Type.String({
        minLength: 8,
        maxLength: 8192,
        pattern: '^https?://',
        description: 'An http or https URL. Private addresses need the device’s `lan` permission.',
      }),
      method: Type.Optional(oneOf(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'], 'The method. When absent: GET.')),
      headers: Type.Optional(mapOf(text('A value.', 8192), 'Headers to send.', 100)),
      body: Type.Optional(text('A body to send.', LONG_TEXT)),
    },
    { examples: [{ url: 'https://example.com/', method: 'GET' }] },
  ),
)
/** Payload of `command`. */
export const CommandPayload = component(
  'CommandPayload',
  object(
    'Runs a program, in an empty directory of its own.',
    {
      command: Type.Union(
        [
          Type.Array(text('An argument.', 131_072), {
            minItems: 1,
            maxItems: 4096,
            description: 'A program and its arguments, run as they are, without a shell.',
          }),
          Type.String({ minLength: 1, maxLength: 131_072, description: 'A line for the shell; needs `shell: true`.' }),
        ],
        { description: 'A program and its arguments; or, with `shell: true`, a line for the shell.' },
      ),
      shell: Type.Optional(
        Type.Boolean({ description: 'Run `command` by /bin/sh. The device must allow `shell`. When absent: false.' }),
      ),
      env: Type.Optional(
        mapOf(text('A value.', 131_072), 'Environment variables, besides PATH, HOME, LANG and TMPDIR.', 1000),
      ),
      stdin: Type.Optional(text('Text for the standard input.', LONG_TEXT)),
    },
    { examples: [{ command: ['uname', '-a'] }] },
  ),
)
/** Payload of `python_eval`. */
export const PythonEvalPayload = component(
  'PythonEvalPayload',
  object(
    'Evaluates a Python expression by python3; its value must be JSON.',
    {
      expression: Type.String({ minLength: 1, maxLength: LONG_TEXT, description: 'The expression.' }),
    },
    { examples: [{ expression: 'sum(range(10))' }] },
  ),
)
/** Payload of `javascript`. */
export const JavascriptPayload = component(
  'JavascriptPayload',
  object(
    'Runs JavaScript in a sandbox. The code is the body of a function of `input`; what it returns is the `value`.',
    {
      code: Type.String({ minLength: 1, maxLength: LONG_TEXT, description: 'The body of the function.' }),
      input: Type.Optional(anyJson('What the function gets as `input`. When absent: null.')),
    },
    { examples: [{ code: 'return input.n * 2', input: { n: 21 } }] },
  ),
)

/** What is known of a built-in type: its payload, and whether a device's owner must allow it. */
export type BuiltinType = { readonly payload: TSchema; readonly needsAllow: boolean; readonly description: string }

/** The built-in task types (CONTRACT.md §3). */
export const builtinTypes = {
  echo: { payload: EchoPayload, needsAllow: false, description: 'Prints a message.' },
  sleep: { payload: SleepPayload, needsAllow: false, description: 'Waits for some seconds.' },
  system_info: {
    payload: SystemInfoPayload,
    needsAllow: false,
    description: 'Returns what the device tells of itself.',
  },
  http_request: {
    payload: HttpRequestPayload,
    needsAllow: true,
    description: 'Makes an HTTP request from the device.',
  },
  command: { payload: CommandPayload, needsAllow: true, description: 'Runs a program.' },
  python_eval: { payload: PythonEvalPayload, needsAllow: true, description: 'Evaluates a Python expression.' },
  javascript: { payload: JavascriptPayload, needsAllow: true, description: 'Runs JavaScript in a sandbox.' },
} as const satisfies Record<string, BuiltinType>

/** The name of a built-in type. */
export type BuiltinTypeName = keyof typeof builtinTypes

/** The names of the built-in types. */
export const builtinTypeNames = Object.keys(builtinTypes) as BuiltinTypeName[]

/** True where `type` names a built-in type. */
export const isBuiltin = (type: string): type is BuiltinTypeName => Object.hasOwn(builtinTypes, type)

/** The payload of a built-in type. */
export type PayloadOf<T extends BuiltinTypeName> = Static<(typeof builtinTypes)[T]['payload']>
