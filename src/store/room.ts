/**
 * Room on the disk. A reserve is kept in the data directory: a file that holds nothing but its place. Where a write meets a
 * full disk the reserve is let go, so that what must go on (the ends of running tasks, what retention removes) still is
 * written while new work is refused; once there is room to spare it is taken again.
 */
import { randomFillSync } from 'node:crypto'
import { rmSync, statfsSync, statSync } from 'node:fs'
import { open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from './durable.ts'
import { RESERVE } from './file-names.ts'

const MIB = 2 ** 20
/** What the reserve is written in. */
const PIECE_BYTES = MIB

/** How much room there must be, in bytes. */
export type RoomSizes = {
  /** Size of the reserve: some thousand ends of tasks, and the log of their commits. */
  readonly reserve: number
  /** What must be free besides, before new work is taken: else the next tasks would fill the disk again. */
  readonly spare: number
}

/** The sizes that a node keeps. */
export const roomSizes: RoomSizes = { reserve: 16 * MIB, spare: 16 * MIB }

/** Less than this, in bytes, is too little for a database to be opened: SQLite needs a log and its index. The reserve is let go for them. */
const START_BYTES = 4 * MIB

/** The room of a data directory. */
export type Room = {
  /** Whether there is room for new work. */
  has(): boolean
  /**
   * A write of so many bytes has met a full disk. Returns true where the reserve was let go, so that it may be tried again;
   * not for one so large that it would use up most of the reserve.
   */
  ranOut(bytes: number): boolean
  /** Looks whether there is room again, and takes the reserve. Resolves with what `has` says then. */
  regain(): Promise<boolean>
}

const freeBytes = async (directory: string): Promise<number> => {
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize
}

/** True where a directory has too little room for a database to be opened in it. */
export const isShortOfRoom = (directory: string): boolean => {
  const { bavail, bsize } = statfsSync(directory)
  return bavail * bsize < START_BYTES
}

/** True where the file is there whole, and not merely said to be: a sparse one would give nothing back. */
const isTaken = (path: string, bytes: number): boolean => {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.size !== bytes) return false
  // Windows counts no blocks (of 512 bytes: https://nodejs.org/api/fs.html#statsblocks).
  return process.platform === 'win32' || found.blocks * 512 >= bytes
}

/** Writes the reserve; false where the disk has no room for it. What is written can't be compressed. */
const take = async (path: string, bytes: number): Promise<boolean> => {
  await rm(path, { force: true })
  const piece = randomFillSync(Buffer.alloc(Math.min(bytes, PIECE_BYTES)))
  const file = await open(path, 'wx', 0o600)
  try {
    for (let written = 0; written < bytes; written += piece.length)
      await file.writeFile(piece.subarray(0, Math.min(piece.length, bytes - written)))
    return true
  } catch (error) {
    if (!isSystemError(error)) throw error
    await rm(path, { force: true })
    return false
  } finally {
    await file.close()
  }
}

/**
 * Looks at the room of a directory that this process has for itself. Where there is next to none the reserve is let go at
 * once, so that a database can be opened; otherwise nothing is changed before the first `regain`.
 */
export const openRoom = (directory: string, sizes: RoomSizes = roomSizes): Room => {
  const path = join(directory, RESERVE)
  let isHeld = isTaken(path, sizes.reserve)
  let hasRoom = isHeld

  const letGo = () => {
    isHeld = false
    hasRoom = false
    rmSync(path, { force: true })
  }

  if (isHeld && isShortOfRoom(directory)) letGo()
  return {
    has: () => hasRoom,
    ranOut: (bytes) => {
      hasRoom = false
      if (!isHeld || bytes > sizes.reserve / 4) return false
      letGo()
      return true
    },
    regain: async () => {
      const needed = sizes.spare + (isHeld ? 0 : sizes.reserve)
      if (hasRoom || (await freeBytes(directory)) < needed) return hasRoom
      isHeld ||= await take(path, sizes.reserve)
      return (hasRoom = isHeld)
    },
  }
}
