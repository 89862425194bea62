/** Where a file that is fetched may go: below one directory, whatever its name says, and over none that is there. */
import { link, lstat, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../../failure.ts'
import { adoptBeginnings, besideIn } from './beginnings.ts'
import { isFileName } from './names.ts'

/** A file cannot be put where its name says. The message is a clause. */
export class Misplaced extends Error {
  override readonly name = 'Misplaced'
}

/** Names that Windows keeps for devices, whatever ending they have, and characters that it takes for others. */
const isWindowsDevice = (part: string): boolean => /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(part)
const isForWindows = (part: string): boolean => !isWindowsDevice(part) && !/[<>:"|?*]|[. ]$/.test(part)

/** The parts of a name that leads below a directory. @throws Misplaced for any other */
const partsBelow = (name: string): readonly string[] => {
  const parts = name.split('/')
  if (!isFileName(name) || (process.platform === 'win32' && !parts.every(isForWindows)))
    throw new Misplaced('its name is none that a file can have here')
  return parts
}

/** Makes a directory below another; a link in its place would lead elsewhere. */
const descend = async (directory: string, part: string): Promise<string> => {
  const below = join(directory, part)
  await mkdir(below).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error
  })
  if (!(await lstat(below)).isDirectory()) throw new Misplaced(`${below} is no directory`)
  return below
}

/** A place for a file. */
export type Place = {
  /** Where it goes. */
  readonly path: string
  /** Where it is while it comes: in the same directory, and the next time too. */
  readonly beside: string
}

/**
 * The place of a file below a directory, whose folders are made.
 * @param root - the directory; it is there
 * @throws Misplaced where its name, or a link, would lead out of it
 */
export const placeBelow = async (root: string, name: string): Promise<Place> => {
  const parts = partsBelow(name)
  let directory = root
  for (const part of parts.slice(0, -1)) directory = await descend(directory, part)
  await adoptBeginnings(directory)
  return { path: join(directory, parts.at(-1) ?? ''), beside: besideIn(directory, name) }
}

/** What a file system says that knows no second name of a file, or lets nobody make one, as on Android. */
const knowsNoLinks: ReadonlySet<string | undefined> = new Set(['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

/**
 * Puts a file that is whole into its place.
 * @returns false where another is there, which stays
 */
export const settle = async (
  { path, beside }: Place,
  { overwrite }: { readonly overwrite: boolean },
): Promise<boolean> => {
  if (!overwrite) {
    try {
      // Unlike a renaming this never replaces what another program has put there meanwhile.
      await link(beside, path)
      await rm(beside, { force: true })
      return true
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return false
      if (!knowsNoLinks.has(systemCode(error))) throw error
      if (await isThere(path)) return false
    }
  }
  await rename(beside, path)
  return true
}
