/**
 * A script whose compiled code is kept: what V8 has compiled while a program started is read at its next start. Node's own cache
 * (`module.enableCompileCache`) has only what is compiled before a module runs, and most functions are compiled when they are first
 * called: a start took 193 ms of the main thread with it, 145 ms with this (docs/benchmarks.md).
 */
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { Script } from 'node:vm'
import { crc32 } from 'node:zlib'

/** A script that has run. */
export type LoadedScript = {
  readonly exported: unknown
  /** Whether its code was there already. */
  readonly isKept: boolean
  /** Keeps its code as it is by now, in place of what was there. Where that is not possible nothing happens. */
  readonly keep: () => void
}

/** What the script evaluates to: the function that Node makes of a CommonJS module. */
type Body = (exports: object, require: NodeJS.Require, module: object, filename: string, directory: string) => void

/**
 * Before the code: the CRC-32 of the text that it is compiled from, of which V8 compares the length alone, and that of the code, which V8
 * takes as it is.
 */
const HEADER_BYTES = 8

const withHeader = (textSum: number, code: Buffer): Buffer => {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(textSum, 0)
  header.writeUInt32LE(crc32(code), 4)
  return Buffer.concat([header, code])
}

/** Whether the file is from this user alone: its content is run. Windows has no such owners; a cache directory there is of one user. */
const isOwn = (file: number): boolean => {
  const user = process.geteuid?.()
  if (user === undefined) return true
  const { uid, mode } = fstatSync(file)
  return uid === user && (mode & 0o022) === 0
}

const readKept = (path: string): Buffer => {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    return isOwn(file) ? readFileSync(file) : Buffer.alloc(0)
  } finally {
    closeSync(file)
  }
}

/**
 * The code that was kept of a text; undefined where there is none, or it is not whole. V8 itself refuses that of another V8, processor or
 * flags.
 */
const keptCode = (pathOf: () => string, textSum: number): Buffer | undefined => {
  try {
    const kept = readKept(pathOf())
    const code = kept.subarray(HEADER_BYTES)
    const isWhole =
      kept.length > HEADER_BYTES && kept.readUInt32LE(0) === textSum && kept.readUInt32LE(4) === crc32(code)
    return isWhole ? code : undefined
  } catch {
    // It is never needed: the text is compiled instead.
    return undefined
  }
}

/** Written beside and renamed: who starts meanwhile never reads half of it. After a power cut its sum tells what is left of it. */
const write = (path: string, content: Buffer): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const unfinished = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(unfinished, content, { mode: 0o600, flag: 'wx' })
    renameSync(unfinished, path)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}

/**
 * Runs a script that evaluates to the body of a CommonJS module.
 * @param keptPathOf - the file for its code; whether there can be one at all depends on the machine
 */
export const loadScript = (path: string, keptPathOf: () => string): LoadedScript => {
  const text = readFileSync(path, 'utf8')
  const textSum = crc32(text)
  const cachedData = keptCode(keptPathOf, textSum)
  const script = new Script(text, { filename: path, ...(cachedData && { cachedData }) })
  const module = { exports: {} }
  const body = script.runInThisContext() as Body
  body(module.exports, createRequire(path), module, path, dirname(path))
  return {
    exported: module.exports,
    isKept: script.cachedDataRejected === false,
    keep: () => {
      try {
        write(keptPathOf(), withHeader(textSum, script.createCachedData()))
      } catch {
        // No home, a disk that is full or read only: the next start takes as long as this one.
      }
    },
  }
}
