import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { executorWorld } from './executor-world.ts'
import { execution, type Owner, until } from './world.ts'
import {
  assemble,
  call,
  type Code,
  drop,
  exit,
  fill,
  forEver,
  grow,
  i32,
  i64,
  load,
  type ModuleParts,
  store,
  unreachable,
} from './wasm/assemble.ts'

/** Addresses at which the modules of these tests keep what they need. */
const VECTOR = 0
const COUNT = 16
const HANDLE = 20
const TEXT = 64
const OTHER = 512
/** The first directory that a module is given. */
const ROOT = 3
/** Numbers of errors (wasi_snapshot_preview1, `errno`). */
const NOENT = 44
const NOTSUP = 58
const NOTCAPABLE = 76

const vector = (address: number, bytes: Code): Code => [...store(VECTOR, i32(address)), ...store(VECTOR + 4, bytes)]
const write = (handle: Code, address: number, bytes: Code): Code => [
  ...vector(address, bytes),
  ...call('fd_write', handle, i32(VECTOR), i32(1), i32(COUNT)),
  ...drop,
]
const read = (handle: Code, address: number, bytes: number): Code => [
  ...vector(address, i32(bytes)),
  ...call('fd_read', handle, i32(VECTOR), i32(1), i32(COUNT)),
  ...drop,
]
/** Opens a path that lies in the memory; `create`: and makes the file. */
const open = (address: number, length: number, { create = false } = {}): Code =>
  call(
    'path_open',
    ...[i32(ROOT), i32(1), i32(address), i32(length), i32(create ? 1 : 0)],
    ...[i64(create ? 64n : 2n), i64(0n), i32(0), i32(HANDLE)],
  )

/** A module that asks for a function `fork` of its environment. */
const FORKING = Buffer.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0],
  ...[2, 12, 1, 3, ...Buffer.from('env'), 4, ...Buffer.from('fork'), 0, 0],
])

/** The files of a task: its module, more inputs, and what it left as `out`. */
const filesOf = (module: Buffer, inputs: Readonly<Record<string, string>> = {}, left: { out?: string } = {}) => ({
  stage: (directory: string) => {
    for (const [name, content] of Object.entries({ ...inputs, 'm.wasm': module }))
      writeFileSync(join(directory, name), content)
    return Promise.resolve()
  },
  collect: (directory: string) => {
    const path = join(directory, 'out')
    if (existsSync(path)) left.out = readFileSync(path, 'utf8')
    return Promise.resolve([])
  },
})

/** Runs a module. */
const runModule = async (
  t: Owner,
  module: ModuleParts | Buffer,
  { payload = {}, inputs = {} }: { payload?: object; inputs?: Readonly<Record<string, string>> } = {},
) => {
  const left: { out?: string } = {}
  const files = filesOf(Buffer.isBuffer(module) ? module : assemble(module), inputs, left)
  const context = { ...execution().context, files }
  return { end: await executorWorld(t).run('wasm', { module: 'm.wasm', ...payload }, context), left }
}

void t.test('a module prints, reads its input, leaves its output, and ends with its exit code', async (t) => {
  const data = { [TEXT]: 'hello\n', [OTHER]: 'in', [OTHER + 8]: 'out' }
  const { end, left } = await runModule(
    t,
    {
      data,
      body: [
        ...write(i32(1), TEXT, i32(6)),
        ...open(OTHER, 2),
        ...drop,
        ...read(load(HANDLE), 1024, 100),
        ...store(OTHER + 16, load(COUNT)),
        ...open(OTHER + 8, 3, { create: true }),
        ...drop,
        ...write(load(HANDLE), 1024, load(OTHER + 16)),
      ],
    },
    { inputs: { in: 'what it was given' } },
  )
  t.match(end, { outcome: 'completed', result: { output: 'hello\n', exit_code: 0, value: null } })
  t.strictSame(left, { out: 'what it was given' })
  const failed = await runModule(t, { body: exit(i32(3)) })
  t.match(failed.end, { outcome: 'failed', error: { code: 'TASK_EXIT_NONZERO', message: /exit code 3/ } })
})

void t.test('a module gets its arguments, its own variables and no others, and its standard input', async (t) => {
  const counts: Code = [
    ...call('args_sizes_get', i32(HANDLE), i32(COUNT)),
    ...drop,
    ...call('args_get', i32(1024), i32(2048)),
    ...drop,
    ...write(i32(1), 2048, load(COUNT)),
    ...call('environ_sizes_get', i32(HANDLE), i32(COUNT)),
    ...drop,
    ...read(i32(0), 4096, 100),
    ...write(i32(1), 4096, load(COUNT)),
    ...exit(load(HANDLE)),
  ]
  // Node would obey this variable, were it one of the process.
  const payload = { args: ['--from', ''], env: { NODE_OPTIONS: '--no-such-flag' }, stdin: 'typed' }
  const { end } = await runModule(t, { body: counts }, { payload })
  t.match(end, { result: { output: 'm.wasm\0--from\0\0typed', exit_code: 1 } }, 'one variable')
})

void t.test('a module that fails says why', async (t) => {
  const failures = [
    [{ body: unreachable }, 'RuntimeError: unreachable'],
    [Buffer.from('no module'), /^CompileError: /],
    // Nothing else than WASI is there to be imported.
    [FORKING, /^TypeError: .*"env"/],
  ] as const
  for (const [parts, message] of failures) {
    t.match((await runModule(t, parts)).end, { outcome: 'failed', error: { code: 'TASK_EXIT_NONZERO', message } })
  }
  const absent = await runModule(t, { body: [] }, { payload: { module: 'other.wasm' } })
  t.match(absent.end, { error: { message: 'The task has no input other.wasm, which its module was to be.' } })
})

void t.test('memory is bounded, in one memory, in many, and in tables', async (t) => {
  t.match(
    (await runModule(t, { body: exit(grow(65_535)) })).end,
    { result: { exit_code: 255 } },
    '4 GiB are not to be had',
  )
  t.match((await runModule(t, { body: exit(grow(2047)) })).end, { result: { exit_code: 1 } }, '128 MiB are')
  t.match((await runModule(t, { body: [], memories: [65_536] })).end, { error: { message: /^RangeError: .*emory/ } })
  t.match((await runModule(t, { body: [], table: 10_000_000 })).end, {
    error: { message: /^CompileError: .*table size/ },
  })
  const pages = 2048
  const many = Array.from({ length: 32 }, () => pages)
  const body = many.flatMap((_, memory) => fill(memory, pages * 65_536))
  const { end } = await runModule(t, { body: forEver(body), memories: many })
  t.match(end, { outcome: 'failed', error: { code: 'TASK_KILLED', message: 'It took more than 320 MiB of memory.' } })
  const { peak_memory_mb: peak } = end.resource_usage
  t.ok(peak === null || peak < 1024, `${peak} MB, not 4 GiB`)
})

void t.test('a module reaches no file outside of its directory, no network, and no process', async (t) => {
  const secret = join('..', '..', 'secret')
  const attempts: Readonly<Record<string, ModuleParts & { readonly errno: number }>> = {
    'a path upwards': { data: { [TEXT]: secret }, body: open(TEXT, secret.length), errno: NOENT },
    'an absolute path': { data: { [TEXT]: '/etc/passwd' }, body: open(TEXT, 11), errno: NOTCAPABLE },
    'a link': {
      data: { [TEXT]: '..', [OTHER]: 'out' },
      body: call('path_symlink', i32(TEXT), i32(2), i32(ROOT), i32(OTHER), i32(3)),
      errno: NOTSUP,
    },
    'another name': {
      data: { [TEXT]: 'm.wasm', [OTHER]: 'out' },
      body: call('path_link', i32(ROOT), i32(0), i32(TEXT), i32(6), i32(ROOT), i32(OTHER), i32(3)),
      errno: NOTSUP,
    },
    'a connection': { body: call('sock_accept', i32(1), i32(0), i32(HANDLE)), errno: NOTSUP },
    'words to a socket': { body: call('sock_send', i32(1), i32(VECTOR), i32(0), i32(0), i32(HANDLE)), errno: NOTSUP },
  }
  for (const [what, { errno, body, ...more }] of Object.entries(attempts)) {
    const { end } = await runModule(t, { ...more, body: exit(body) }, { inputs: { [secret]: 'hunter2' } })
    t.match(end, { result: { exit_code: errno } }, what)
  }
  // What a module does to its process concerns nobody else.
  const killed = await runModule(t, { body: exit(call('proc_raise', i32(9))) })
  t.match(killed.end, { outcome: 'failed', error: { code: 'TASK_KILLED' } })
})

void t.test('a module that goes on for ever is ended, and nothing of it is left', async (t) => {
  const { run, workDirectory } = executorWorld(t)
  const { context, end, printed } = execution()
  const parts = { data: { [TEXT]: 'begun' }, body: [...write(i32(1), TEXT, i32(5)), ...forEver([])] }
  const running = run('wasm', { module: 'm.wasm' }, { ...context, files: filesOf(assemble(parts)) })
  await until('it has begun', () => printed() === 'begun')
  end.abort('timeout')
  t.match(await running, { outcome: 'interrupted', result: { output: 'begun' } })
  t.strictSame(readdirSync(workDirectory), [])
})
