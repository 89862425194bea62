/** Files that a service can rely on: not those in the caches of npx and its like, which are emptied any day. */
import { basename, delimiter, isAbsolute, join, sep } from 'node:path'
import { StartError } from '../../failure.ts'

/** Directories in which npx, `pnpm dlx` and `yarn dlx` keep what they run. */
const CACHE = /^(?:_npx|dlx(?:-.*)?)$/

const isCached = (path: string): boolean => path.split(sep).some((part) => CACHE.test(part))

/** Homebrew keeps each version in a directory of its own, which is gone after an upgrade, and a link to the one that is installed. */
const CELLAR = /^(?<prefix>.*)\/Cellar\/(?<formula>[^/]+)\/[^/]+\/bin\/node$/

/**
 * The Node of a service.
 * @param execPath - the Node that runs now
 * @throws StartError where it is in a cache
 */
export const lastingNode = (execPath: string): string => {
  if (isCached(execPath))
    throw new StartError(
      `This Node, ${execPath}, is in a cache that is emptied any day; install Node (https://nodejs.org/), and run this again by it.`,
    )
  const { prefix, formula } = CELLAR.exec(execPath)?.groups ?? {}
  return prefix === undefined || formula === undefined ? execPath : join(prefix, 'opt', formula, 'bin', 'node')
}

/** The file of the worker that a service runs, and whether it is a copy that has to be made first. */
export type LastingProgram = { readonly program: string; readonly copied: boolean }

/**
 * The program of a service: where it is, or a copy in the data directory where it is in a cache.
 * @throws StartError where it is in a cache, and is not the one file that needs no other
 */
export const lastingProgram = (workerFile: string, dataDir: string): LastingProgram => {
  if (!isCached(workerFile)) return { program: workerFile, copied: false }
  const name = basename(workerFile)
  if (!name.endsWith('.mjs'))
    throw new StartError(
      `${workerFile} is in a cache that is emptied any day; run this from a clone that stays where it is.`,
    )
  return { program: join(dataDir, name), copied: true }
}

/** Directories that npm puts before the others for what it runs. */
const OF_NPM = /[\\/]node_modules[\\/]\.bin$|[\\/]node-gyp-bin$/

/** PATH without what npm adds to it for a program that it runs, and without what depends on the directory that one stands in. */
export const lastingSearchPath = (path: string): string =>
  path
    .split(delimiter)
    .filter((directory) => isAbsolute(directory) && !isCached(directory) && !OF_NPM.test(directory))
    .join(delimiter)
