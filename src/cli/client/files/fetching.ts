/** Files from the cluster into a directory: each whole and verified, or not there. */
import { createHash } from 'node:crypto'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArtifactsResource } from '../../../client/resources/artifacts.ts'
import { isApiError } from '../../../client/errors.ts'
import { Failure, systemCode } from '../../failure.ts'
import { hashBeginning, openBeginning, writeAt } from './beginnings.ts'
import { sha256Of } from './hashing.ts'
import { isFileName } from './names.ts'
import { Misplaced, type Place, placeBelow, settle } from './placing.ts'

/** A file that the cluster has, and what it is to be called. */
export type Wanted = { readonly name: string; readonly sha256: string }

/** What became of it: written, there already with this content, or not, and why. */
export type Fetched = { readonly outcome: 'written' | 'there' } | { readonly outcome: 'refused'; readonly why: string }

/** How files are fetched. */
export type Fetching = {
  readonly artifacts: Pick<ArtifactsResource, 'download'>
  /** The directory into which they go. */
  readonly root: string
  /** Whether another file of that name is replaced. */
  readonly overwrite: boolean
}

const EXISTS = 'there is another file of that name; --overwrite replaces it'

/** What a file system says that has no room, for anybody or for this user. */
const hasNoRoom: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT'])

/** Why a file cannot be written, and what to do where that is known. */
const notWritten = (path: string, code: string): string =>
  hasNoRoom.has(code)
    ? `There is no room for ${path} (${code}): make some and fetch again; it goes on where it was.`
    : `${path} cannot be written (${code}).`

/** Brings the rest of a file beside its place. @returns whether that is what it should contain */
const bring = async (
  { artifacts }: Fetching,
  { sha256 }: Wanted,
  { beside }: Place,
  signal: AbortSignal,
): Promise<boolean> => {
  const hash = createHash('sha256')
  const file = await openBeginning(beside)
  try {
    const start = await hashBeginning(file, hash, signal)
    // Whole already: an earlier call ended before it was put into its place.
    if (start > 0 && hash.copy().digest('hex') === sha256) return true
    let end = start
    for await (const piece of artifacts.download(sha256, { start, signal })) {
      hash.update(piece)
      await writeAt(file, piece, end)
      end += piece.length
    }
    await file.sync()
    return hash.digest('hex') === sha256
  } finally {
    await file.close()
  }
}

/** @returns whether it is there whole; of one that is not, nothing stays */
const bringOnce = async (how: Fetching, wanted: Wanted, place: Place, signal: AbortSignal): Promise<boolean> => {
  try {
    if (await bring(how, wanted, place, signal)) return true
  } catch (error) {
    if (isApiError(error, 'ARTIFACT_NOT_FOUND')) await rm(place.beside, { force: true })
    // More is there than it has: of another file.
    if (!isApiError(error, 'RANGE_NOT_SATISFIABLE')) throw error
  }
  await rm(place.beside, { force: true })
  return false
}

const write = async (how: Fetching, wanted: Wanted, place: Place, signal: AbortSignal): Promise<Fetched> => {
  // What is there of an earlier call may be of another file that was to have this name: then it begins anew.
  const isWhole = (await bringOnce(how, wanted, place, signal)) || (await bringOnce(how, wanted, place, signal))
  if (!isWhole) return { outcome: 'refused', why: 'what came is not what its hash says' }
  if (await settle(place, how)) return { outcome: 'written' }
  await rm(place.beside, { force: true })
  return { outcome: 'refused', why: EXISTS }
}

/** Whether a file is there, and contains this. */
const present = async (path: string, sha256: string): Promise<'same' | 'other' | 'none'> => {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return 'none'
  return found.isFile() && (await sha256Of(path)) === sha256 ? 'same' : 'other'
}

/** Whether a file is where it would be fetched, with this content. */
export const isHere = async (root: string, { name, sha256 }: Wanted): Promise<boolean> =>
  isFileName(name) && (await present(join(root, ...name.split('/')), sha256)) === 'same'

/**
 * Fetches a file. What broke off goes on where it was, also in a later call.
 * @throws ApiError but for a file that is no longer kept; ConnectionError; Failure where it cannot be written; the reason of the signal
 */
export const fetchFile = async (how: Fetching, wanted: Wanted, signal: AbortSignal): Promise<Fetched> => {
  try {
    await mkdir(how.root, { recursive: true })
    const place = await placeBelow(how.root, wanted.name)
    const now = await present(place.path, wanted.sha256)
    if (now === 'same' || (now === 'other' && !how.overwrite)) {
      // A client that was killed as it put it into its place has left its other name.
      await rm(place.beside, { force: true })
      return now === 'same' ? { outcome: 'there' } : { outcome: 'refused', why: EXISTS }
    }
    return await write(how, wanted, place, signal)
  } catch (error) {
    if (error instanceof Misplaced) return { outcome: 'refused', why: error.message }
    if (isApiError(error, 'ARTIFACT_NOT_FOUND')) return { outcome: 'refused', why: 'it is no longer kept' }
    const code = systemCode(error)
    if (code === undefined) throw error
    throw new Failure(1, notWritten(join(how.root, wanted.name), code), { cause: error })
  }
}
