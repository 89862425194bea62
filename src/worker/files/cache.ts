/**
 * Files that tasks have taken, kept for the next ones: `DIR/files/SHA256`, and `SHA256.part` while one is on its way. What was
 * used longest ago goes where they become too many; what a task takes now stays.
 */
import type { StatsFs } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { isSha256 } from '../../../schemas/artifact.ts'
import type { Clock } from '../clock.ts'
import { systemCode } from '../errors.ts'
import type { Log } from '../log.ts'
import { TransferError } from './transfer-error.ts'

/** How much may be kept: so many bytes, or such a share of the disk in percent. */
export type CacheBound = { readonly bytes: number } | { readonly percent: number }

/** Where the owner said nothing. */
const USUAL = { percent: 10, atMostBytes: 10 * 2 ** 30 } as const
/** What is left free on the disk, so that the results of tasks find room there: this share of it, in percent, and so many bytes at the most. */
const RESERVE = { percent: 5, atMostBytes: 64 * 2 ** 20 } as const

const PART = '.part'
/** Whatever else lies in the directory is its owner's. */
const isOurs = (name: string): boolean => isSha256(name.endsWith(PART) ? name.slice(0, -PART.length) : name)

/** The cache. Who takes a file from it holds it first. */
export interface FileCache {
  /** Keeps a file, whole or on its way, until what is returned is called. */
  hold(sha256: string): () => void
  /** Whether a file is here, whole; it counts as used now. */
  has(sha256: string): Promise<boolean>
  /** Where a file lies that is here. */
  pathOf(sha256: string): string
  /** Where a file lies that is on its way. */
  partOf(sha256: string): string
  /**
   * Makes room for more bytes, which a file that is held then takes; what is held may so be more than is kept otherwise. Nobody else
   * gets that room until the file has arrived, broke, or is dropped.
   * @throws TransferError `device_full`
   */
  makeRoom(sha256: string, bytes: number): Promise<void>
  /** So many bytes of that room are filled. */
  filled(sha256: string, bytes: number): void
  /** What came of a file ended here, before all of it was there: it waits for the rest. */
  broke(sha256: string): Promise<void>
  /** All of a file has come, is what its hash says, and is on the disk. */
  arrived(sha256: string): Promise<void>
  /** Removes what came of a file. */
  drop(sha256: string): Promise<void>
}

type Kept = { bytes: number; usedMs: number }
/** Room that was made for a file on its way: the disk has not yet taken what is not filled, the cache does not count any of it yet. */
type Room = { readonly bytes: number; filled: number }

const limitOf = (bound: CacheBound | undefined, diskBytes: number): number => {
  if (bound === undefined) return Math.min(USUAL.atMostBytes, (USUAL.percent / 100) * diskBytes)
  return 'bytes' in bound ? bound.bytes : (bound.percent / 100) * diskBytes
}

const reserveOf = (diskBytes: number): number => Math.min(RESERVE.atMostBytes, (RESERVE.percent / 100) * diskBytes)

/** What an earlier run has left, by its name in the directory. */
const load = async (directory: string): Promise<Map<string, Kept>> => {
  const kept = new Map<string, Kept>()
  for (const name of await readdir(directory)) {
    if (!isOurs(name)) continue
    const { size, mtimeMs } = await stat(join(directory, name))
    kept.set(name, { bytes: size, usedMs: mtimeMs })
  }
  return kept
}

/**
 * Opens the cache with what an earlier run left in it.
 * @param bound - what its owner lets it take; undefined: 10 % of the disk, and 10 GiB at the most
 */
export const openCache = async ({
  directory,
  bound,
  statfs,
  clock,
  log,
}: {
  readonly directory: string
  readonly bound: CacheBound | undefined
  readonly statfs: (path: string) => Promise<StatsFs>
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
}): Promise<FileCache> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const disk = await statfs(directory)
  const diskBytes = disk.blocks * disk.bsize
  const limitBytes = limitOf(bound, diskBytes)
  const kept = await load(directory)
  const holders = new Map<string, number>()
  const rooms = new Map<string, Room>()

  const isHeld = (name: string) => (holders.get(name.slice(0, 64)) ?? 0) > 0
  const keptBytes = () => [...kept.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  const comingBytes = () => [...rooms.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  const unfilledBytes = () => [...rooms.values()].reduce((sum, { bytes, filled }) => sum + bytes - filled, 0)
  const freeBytes = async () => {
    const { bavail, bsize } = await statfs(directory)
    return bavail * bsize
  }

  const remove = async (name: string): Promise<void> => {
    kept.delete(name)
    await rm(join(directory, name), { force: true })
  }

  /** Removes what nobody holds, the longest unused first, for as long as something is wanted. */
  const removeWhile = async (isWanted: () => boolean | Promise<boolean>): Promise<void> => {
    const oldest = [...kept].sort(([, a], [, b]) => a.usedMs - b.usedMs)
    for (const [name] of oldest) {
      if (!(await isWanted())) return
      if (!isHeld(name)) await remove(name)
    }
  }

  const shrink = (): Promise<void> =>
    removeWhile(() => keptBytes() + comingBytes() > limitBytes).catch((error: unknown) =>
      log.warn({ err: error }, 'files of tasks that are not used any more cannot be removed'),
    )

  /** What ends the way of a file: the room that was made for it is its own then, or anybody's. */
  const leaving = (sha256: string, work: () => Promise<void>): Promise<void> =>
    work().finally(() => rooms.delete(sha256))

  await shrink()
  return {
    hold: (sha256) => {
      holders.set(sha256, (holders.get(sha256) ?? 0) + 1)
      let isHolding = true
      return () => {
        if (!isHolding) return
        isHolding = false
        const others = (holders.get(sha256) ?? 1) - 1
        if (others > 0) holders.set(sha256, others)
        else holders.delete(sha256)
        void shrink()
      }
    },
    has: async (sha256) => {
      const file = kept.get(sha256)
      if (file === undefined) return false
      const usedMs = clock.now()
      try {
        await utimes(join(directory, sha256), usedMs / 1000, usedMs / 1000)
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw error
        // Somebody has emptied the directory: it is fetched again.
        kept.delete(sha256)
        return false
      }
      file.usedMs = usedMs
      return true
    },
    pathOf: (sha256) => join(directory, sha256),
    partOf: (sha256) => join(directory, sha256 + PART),
    makeRoom: async (sha256, bytes) => {
      await removeWhile(() => keptBytes() + comingBytes() + bytes > limitBytes)
      const isTight = async () => bytes > (await freeBytes()) - unfilledBytes() - reserveOf(diskBytes)
      await removeWhile(isTight)
      if (await isTight()) throw new TransferError('device_full', 'there is no room on this device')
      rooms.set(sha256, { bytes, filled: 0 })
    },
    filled: (sha256, bytes) => {
      const room = rooms.get(sha256)
      if (room !== undefined) room.filled = Math.min(room.bytes, room.filled + bytes)
    },
    broke: (sha256) =>
      leaving(sha256, async () => {
        const { size } = await stat(join(directory, sha256 + PART))
        kept.set(sha256 + PART, { bytes: size, usedMs: clock.now() })
      }),
    arrived: (sha256) =>
      leaving(sha256, async () => {
        const path = join(directory, sha256)
        await rename(path + PART, path)
        const { size } = await stat(path)
        kept.delete(sha256 + PART)
        kept.set(sha256, { bytes: size, usedMs: clock.now() })
      }),
    drop: (sha256) => leaving(sha256, () => remove(sha256 + PART)),
  }
}
