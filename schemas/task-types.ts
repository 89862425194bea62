/** The built-in task types with their payloads. The worker's executors and the API's validation read this one table. */
import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { FileName } from './artifact.ts'
import { component, described, object, oneOf } from './component.ts'
import { anyJson, integer, list, mapOf, text } from './primitives.ts'

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
/** A field name of HTTP: a token (RFC 9110 §5.1). */
const HEADER_NAME = "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$"
/** A field value of HTTP: no control characters but the tab, so that it can never begin a line of its own (RFC 9110 §5.5). */
const HEADER_VALUE = '^[\\t\\u0020-\\u007e\\u0080-\\u00ff]*$'

/** Payload of `http_request`. */
export const HttpRequestPayload = component(
  'HttpRequestPayload',
  object(
    'Makes an HTTP request from the device. The text of the answer is the `output`; the `value` is `{status, headers, url, redirects}`, with the URL that answered. Any status completes the task. Up to 5 redirects are followed; to another origin neither `authorization` nor `cookie` goes along.',
    {
      url: Type.String({
        minLength: 8,
        maxLength: 8192,
        pattern: '^https?://',
        description:
          'An http or https URL without a user name or password. Addresses of the device itself and of the networks around it need the device’s `lan` permission.',
      }),
      method: Type.Optional(oneOf(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'], 'The method. When absent: GET.')),
      headers: Type.Optional({
        ...mapOf(
          text('A value.', 8192, { pattern: HEADER_VALUE }),
          'Headers to send; those that frame the message (`host`, `content-length`, `connection`, …) are the device’s own.',
          100,
        ),
        propertyNames: { type: 'string', maxLength: 256, pattern: HEADER_NAME },
      }),
      body: Type.Optional(text('A body to send.', LONG_TEXT)),
    },
    { examples: [{ url: 'https://example.com/', method: 'GET' }] },
  ),
)
/** Characters of an argument: the kernel's MAX_ARG_STRLEN (execve(2)). */
const LONGEST_ARGUMENT = 131_072
/** Payload of `command`. */
export const CommandPayload = component(
  'CommandPayload',
  object(
    'Runs a program, in an empty directory of its own.',
    {
      command: Type.Union(
        [
          Type.Array(text('An argument.', LONGEST_ARGUMENT), {
            minItems: 1,
            maxItems: 4096,
            description: 'A program and its arguments, run as they are, without a shell.',
          }),
          Type.String({
            minLength: 1,
            maxLength: LONGEST_ARGUMENT,
            description: 'A line for the shell; needs `shell: true`.',
          }),
        ],
        { description: 'A program and its arguments; or, with `shell: true`, a line for the shell.' },
      ),
      shell: Type.Optional(
        Type.Boolean({ description: 'Run `command` by /bin/sh. The device must allow `shell`. When absent: false.' }),
      ),
      env: Type.Optional(
        mapOf(text('A value.', LONGEST_ARGUMENT), 'Environment variables, besides PATH, HOME, LANG and TMPDIR.', 1000),
      ),
      stdin: Type.Optional(text('Text for the standard input.', LONG_TEXT)),
    },
    {
      // A line needs the shell, and a list of arguments has none.
      if: { properties: { command: { type: 'string', maxLength: LONGEST_ARGUMENT } }, required: ['command'] },
      then: { properties: { command: true, shell: { const: true }, env: true, stdin: true }, required: ['shell'] },
      else: { properties: { command: true, shell: { const: false }, env: true, stdin: true } },
      examples: [{ command: ['uname', '-a'] }],
    },
  ),
)
/** A name of Python, as far as the Basic Multilingual Plane goes ("Identifiers and keywords" of its reference); Python itself is stricter. */
const PYTHON_NAME = '^[A-Za-z_\\u0080-\\uffff][0-9A-Za-z_\\u0080-\\uffff]*$'

/** Payload of `python`. */
export const PythonPayload = component(
  'PythonPayload',
  object(
    'Calls a function that is sent along, by the python3 of the device. It is a program like any other, in an empty directory of its own, with all rights of the user that runs the worker: files and network included. What it returns is the `value`, as JSON of at most 1 MiB; what it prints is the `output`, with the traceback where it raises.',
    {
      source: Type.String({
        minLength: 1,
        maxLength: LONG_TEXT,
        description: 'Python source text that defines the function at its top level, and imports what that needs.',
      }),
      function: text('The name of the function.', 256, { minLength: 1, pattern: PYTHON_NAME }),
      args: Type.Optional(list(anyJson('An argument.'), 'Its arguments by position. When absent: none.', 1000)),
      kwargs: Type.Optional(mapOf(anyJson('An argument.'), 'Its arguments by name. When absent: none.', 1000)),
    },
    {
      examples: [
        {
          source: 'def words(text, least=1):\n    return len([word for word in text.split() if len(word) >= least])\n',
          function: 'words',
          args: ['to be or not to be'],
          kwargs: { least: 3 },
        },
      ],
    },
  ),
)
/** Payload of `python_eval`. */
export const PythonEvalPayload = component(
  'PythonEvalPayload',
  object(
    'Evaluates a Python expression by the python3 of the device, in a process of its own with little memory, no files and no network. The value is the `value` where JSON has it exactly (whole numbers up to 2^53, text as keys); else it is printed as Python writes it, and `value` is null.',
    {
      expression: Type.String({
        minLength: 1,
        maxLength: LONG_TEXT,
        description:
          'The expression. It sees the usual built-in functions, and cmath, datetime, decimal, fractions, itertools, json, math, random, re and statistics.',
      }),
    },
    { examples: [{ expression: 'sum(range(10))' }] },
  ),
)
/** Payload of `javascript`. */
export const JavascriptPayload = component(
  'JavascriptPayload',
  object(
    'Runs JavaScript in a sandbox: the language, `console` and `context.progress(percent, message)`, nothing of the device, 128 MiB of memory. The code is the body of an async function of `input`; what it returns is the `value`, as JSON of at most 1 MiB.',
    {
      code: Type.String({ minLength: 1, maxLength: LONG_TEXT, description: 'The body of the function.' }),
      input: Type.Optional(anyJson('What the function gets as `input`. When absent: null.')),
    },
    { examples: [{ code: 'return input.n * 2', input: { n: 21 } }] },
  ),
)

/** Payload of `wasm`. */
export const WasmPayload = component(
  'WasmPayload',
  object(
    'Runs a program of WebAssembly (WASI preview 1) in a sandbox: 128 MiB of memory, the files in its own directory, no network and no other programs. Its exit code is that of the task.',
    {
      module: described(FileName, 'The module: the name of one of the `inputs` of the task.'),
      args: Type.Optional(
        Type.Array(text('An argument.', LONGEST_ARGUMENT), {
          maxItems: 4096,
          description: 'Its arguments, after its name. When absent: none.',
        }),
      ),
      env: Type.Optional(
        mapOf(text('A value.', LONGEST_ARGUMENT), 'Its environment variables. When absent: none.', 1000),
      ),
      stdin: Type.Optional(text('Text for the standard input.', LONG_TEXT)),
    },
    { examples: [{ module: 'search.wasm', args: ['--from', '1000000'] }] },
  ),
)

/** What is known of a built-in type: its payload, and whether a device's owner must allow it. */
export type BuiltinType = {
  readonly payload: TSchema
  readonly needsAllow: boolean
  /** True where it runs in a directory of its own, into which files come and from which they go. */
  readonly takesFiles?: boolean
  /** The field of its payload that names one of the inputs of the task, where one does. */
  readonly inputField?: string
  readonly description: string
}

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
  command: { payload: CommandPayload, needsAllow: true, takesFiles: true, description: 'Runs a program.' },
  python: {
    payload: PythonPayload,
    needsAllow: true,
    takesFiles: true,
    description: 'Calls a Python function that is sent along.',
  },
  python_eval: { payload: PythonEvalPayload, needsAllow: true, description: 'Evaluates a Python expression.' },
  javascript: { payload: JavascriptPayload, needsAllow: true, description: 'Runs JavaScript in a sandbox.' },
  wasm: {
    payload: WasmPayload,
    needsAllow: true,
    takesFiles: true,
    inputField: 'module',
    description: 'Runs WebAssembly in a sandbox.',
  },
} as const satisfies Record<string, BuiltinType>

/** The name of a built-in type. */
export type BuiltinTypeName = keyof typeof builtinTypes

/** The names of the built-in types. */
export const builtinTypeNames = Object.keys(builtinTypes) as BuiltinTypeName[]

/** True where `type` names a built-in type. */
export const isBuiltin = (type: string): type is BuiltinTypeName => Object.hasOwn(builtinTypes, type)

/** What an owner can allow beside task types: each permission widens one type (`--allow command,shell`). */
export const permissions = {
  /** `command` takes lines for a shell. */
  shell: 'command',
  /** `http_request` speaks to the device itself and to the networks around it. */
  lan: 'http_request',
} as const satisfies Record<string, keyof typeof builtinTypes>

/** The name of a permission. */
export type Permission = keyof typeof permissions

/** The names of the permissions. */
export const permissionNames = Object.keys(permissions) as Permission[]

/** The payload of a built-in type. */
export type PayloadOf<T extends BuiltinTypeName> = Static<(typeof builtinTypes)[T]['payload']>
