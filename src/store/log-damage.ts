/**
 * Looks into the write-ahead log that a killed node left behind. SQLite ends its recovery at the first frame that does not
 * add up, and takes all that follows for a write that was never finished: where the log is damaged, commits that were
 * acknowledged would be lost in silence, and then overwritten.
 *
 * Formats: https://www.sqlite.org/fileformat2.html#walformat and https://www.sqlite.org/walformat.html
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { endianness } from 'node:os'
import { bytesOf } from './inspection.ts'

const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
/** The magic number of a log whose checksums read words in little-endian order; in big-endian order it is one more. */
const MAGIC = 0x377f0682
const VERSION = 3_007_000

/** Two running sums over pairs of 32-bit words, modulo 2^32. */
type Sums = readonly [number, number]

const add = ([first, second]: Sums, bytes: Buffer, order: 'LE' | 'BE'): Sums => {
  const word = order === 'LE' ? (at: number) => bytes.readUInt32LE(at) : (at: number) => bytes.readUInt32BE(at)
  let s0 = first
  let s1 = second
  for (let at = 0; at < bytes.length; at += 8) {
    s0 = (s0 + word(at) + s1) >>> 0
    s1 = (s1 + word(at + 4) + s0) >>> 0
  }
  return [s0, s1]
}

const sumsAt = (bytes: Buffer, at: number): Sums => [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)]
const areEqual = (one: Sums, other: Sums): boolean => one[0] === other[0] && one[1] === other[1]

/** What the index in shared memory knew of the log when the node died: a file that a kill leaves whole. */
type Index = {
  /** Frames up to the last commit. */
  readonly frames: number
  /** How many of them are in the database too. */
  readonly copied: number
  readonly salt: Buffer
}

/** The index; undefined where there is none that can be read. A power cut may have left an older one, never a newer one: SQLite writes it after the log is on disk. */
const readIndex = (path: string): Index | undefined => {
  if (bytesOf(path) < 136) return undefined
  const index = readFileSync(path)
  const isInitialised = index[12] !== 0
  if (!isInitialised || !index.subarray(0, 48).equals(index.subarray(48, 96))) return undefined
  const number = endianness() === 'LE' ? (at: number) => index.readUInt32LE(at) : (at: number) => index.readUInt32BE(at)
  return { frames: number(16), copied: number(96), salt: index.subarray(32, 40) }
}

/** What a log holds that can be read, and whether there are commits behind what can't. */
type Reading = { readonly frames: number; readonly hasCommitsBeyond: boolean; readonly salt: Buffer }

const readFrames = (file: number, size: number, header: Buffer): Reading => {
  const order = header.readUInt32BE(0) === MAGIC ? 'LE' : 'BE'
  const salt = header.subarray(16, 24)
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + header.readUInt32BE(8))
  let sums = sumsAt(header, 24)
  let frames = 0
  let isReadable = true
  let hasCommit = false
  for (let at = HEADER_BYTES; at + frame.length <= size; at += frame.length) {
    readSync(file, frame, 0, frame.length, at)
    // Frames of an earlier round, which this one has not reached yet, bear another salt.
    const isOfThisRound = frame.subarray(8, 16).equals(salt)
    if (isReadable && isOfThisRound) {
      sums = add(add(sums, frame.subarray(0, 8), order), frame.subarray(FRAME_HEADER_BYTES), order)
      if (areEqual(sums, sumsAt(frame, 16))) {
        frames += 1
        continue
      }
    }
    isReadable = false
    if (!isOfThisRound) continue
    // A commit is on disk before the next one is begun: one with more behind it was acknowledged.
    if (hasCommit) return { frames, hasCommitsBeyond: true, salt }
    hasCommit = frame.readUInt32BE(4) !== 0
  }
  return { frames, hasCommitsBeyond: false, salt }
}

/** Reads a log; undefined where its header does not add up. One of zeros never reached the disk, and so nothing behind it did. */
const readLog = (path: string, size: number): Reading | 'unwritten' | undefined => {
  const file = openSync(path, 'r')
  try {
    const header = Buffer.alloc(HEADER_BYTES)
    readSync(file, header, 0, HEADER_BYTES, 0)
    if (header.every((byte) => byte === 0)) return 'unwritten'
    const magic = header.readUInt32BE(0)
    const pageSize = header.readUInt32BE(8)
    const isKnown = (magic === MAGIC || magic === MAGIC + 1) && header.readUInt32BE(4) === VERSION
    const isPageSize = pageSize >= 512 && pageSize <= 65_536 && (pageSize & (pageSize - 1)) === 0
    const sums = add([0, 0], header.subarray(0, 24), magic === MAGIC ? 'LE' : 'BE')
    if (!isKnown || !isPageSize || !areEqual(sums, sumsAt(header, 24))) return undefined
    return readFrames(file, size, header)
  } finally {
    closeSync(file)
  }
}

/**
 * What is wrong with the write-ahead log of a database that nobody has open; undefined where it holds all that was
 * acknowledged, as far as that can be told.
 * @param path - of the database
 */
export const damageOfLog = (path: string): string | undefined => {
  const size = bytesOf(`${path}-wal`)
  const index = readIndex(`${path}-shm`)
  const log = size < HEADER_BYTES ? 'unwritten' : readLog(`${path}-wal`, size)
  if (log === 'unwritten')
    return index !== undefined && index.frames > index.copied ? 'its write-ahead log is gone' : undefined
  if (log === undefined) return 'the header of its write-ahead log does not add up'
  if (log.hasCommitsBeyond) return `its write-ahead log cannot be read beyond frame ${log.frames}`
  if (index?.salt.equals(log.salt) === true && index.frames > log.frames)
    return `its write-ahead log ends after ${log.frames} of ${index.frames} frames`
  return undefined
}
