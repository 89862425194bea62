/** Modules of WebAssembly for the tests, put together byte by byte (WebAssembly Core Specification 2.0, §5). */

/** A piece of a function's code. */
export type Code = readonly number[]

const I32 = 0x7f
const I64 = 0x7e

/** Functions of WASI preview 1 that the tests call: what they take. All but `proc_exit` return an error number. */
const functions = {
  fd_read: [I32, I32, I32, I32],
  fd_write: [I32, I32, I32, I32],
  path_open: [I32, I32, I32, I32, I32, I64, I64, I32, I32],
  path_symlink: [I32, I32, I32, I32, I32],
  path_link: [I32, I32, I32, I32, I32, I32, I32],
  path_unlink_file: [I32, I32, I32],
  sock_accept: [I32, I32, I32],
  sock_send: [I32, I32, I32, I32, I32],
  environ_sizes_get: [I32, I32],
  args_sizes_get: [I32, I32],
  args_get: [I32, I32],
  proc_raise: [I32],
  proc_exit: [I32],
} as const

type FunctionName = keyof typeof functions
const names = Object.keys(functions) as FunctionName[]

const unsigned = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)])
const signed = (value: bigint): number[] => {
  const low = Number(value & 127n)
  const rest = value >> 7n
  const isLast = (rest === 0n && low < 64) || (rest === -1n && low >= 64)
  return isLast ? [low] : [low | 128, ...signed(rest)]
}
const vector = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()]
const bytesOf = (text: string): number[] => {
  const bytes = [...Buffer.from(text)]
  return [...unsigned(bytes.length), ...bytes]
}
const section = (id: number, content: Code): number[] => [id, ...unsigned(content.length), ...content]

/** A constant of 32 bits. */
export const i32 = (value: number): Code => [0x41, ...signed(BigInt(value | 0))]
/** A constant of 64 bits. */
export const i64 = (value: bigint): Code => [0x42, ...signed(BigInt.asIntN(64, value))]
/** What lies in the memory at an address, 32 bits. */
export const load = (address: number): Code => [...i32(address), 0x28, 2, 0]
/** Puts 32 bits into the memory at an address. */
export const store = (address: number, value: Code): Code => [...i32(address), ...value, 0x36, 2, 0]
/** Calls a function of WASI. */
export const call = (name: FunctionName, ...args: readonly Code[]): Code => [
  ...args.flat(),
  0x10,
  ...unsigned(names.indexOf(name)),
]
/** Does something for ever. */
export const forEver = (body: Code): Code => [0x03, 0x40, ...body, 0x0c, 0, 0x0b]
/** Lets the memory grow by so many pages of 64 KiB; how many there were before, or -1. */
export const grow = (pages: number): Code => [...i32(pages), 0x40, 0]
/** Fills so many bytes at the beginning of one of its memories. */
export const fill = (memory: number, bytes: number): Code => [...i32(0), ...i32(1), ...i32(bytes), 0xfc, 0x0b, memory]
/** Throws a value away. */
export const drop: Code = [0x1a]
/** What must not be reached. */
export const unreachable: Code = [0x00]
/** Ends with an exit code. */
export const exit = (code: Code): Code => call('proc_exit', code)

/** What a module is made of. */
export type ModuleParts = {
  /** What it does. */
  readonly body: Code
  /** What lies in its memory at first: texts by their addresses. */
  readonly data?: Readonly<Record<number, string>>
  /** Its memories, in pages of 64 KiB. */
  readonly memories?: readonly number[]
  /** Elements of a table, where it has one. */
  readonly table?: number
}

/** A program of WASI preview 1. */
export const assemble = ({ body, data = {}, memories = [1], table }: ModuleParts): Buffer => {
  const types = [
    [0x60, 0, 0],
    ...names.map((name) => [
      0x60,
      ...vector(functions[name].map((type) => [type])),
      ...(name === 'proc_exit' ? [0] : [1, I32]),
    ]),
  ]
  const imports = names.map((name, index) => [
    ...bytesOf('wasi_snapshot_preview1'),
    ...bytesOf(name),
    0,
    ...unsigned(index + 1),
  ])
  const code = [0, ...body, 0x0b]
  return Buffer.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(2, vector(imports)),
    ...section(3, vector([[0]])),
    ...(table === undefined ? [] : section(4, vector([[0x70, 0, ...unsigned(table)]]))),
    ...section(5, vector(memories.map((pages) => [0, ...unsigned(pages)]))),
    ...section(
      7,
      vector([
        [...bytesOf('memory'), 2, 0],
        [...bytesOf('_start'), 0, ...unsigned(names.length)],
      ]),
    ),
    ...section(10, vector([[...unsigned(code.length), ...code]])),
    ...section(
      11,
      vector(Object.entries(data).map(([address, text]) => [0, ...i32(Number(address)), 0x0b, ...bytesOf(text)])),
    ),
  ])
}
