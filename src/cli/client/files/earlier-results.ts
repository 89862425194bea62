/** What runs over files have left on this machine, and by which work: in the user's cache. */
import { isSha256 } from '../../../../schemas/artifact.ts'
import { isObject } from '../../options/file.ts'
import type { Environment } from '../../options/flag.ts'
import { openCachedMap } from './cached-map.ts'

/** What came of a file. */
type Result = {
  /** What was done, and with what: see `workOf`. */
  readonly work: string
  /** What the work left. */
  readonly sha256: string
}

/** Results by where they were to go. That one is noted does not say that it is there. */
export type EarlierResults = {
  /** The hash of what this work left at a path; undefined where it did not, or other work did since. */
  readonly find: (path: string, work: string) => string | undefined
  /** Writes them down. Where that fails, what is there is taken for somebody else's. */
  readonly note: (results: readonly (Result & { readonly path: string })[]) => Promise<void>
}

const isResult = (value: unknown): value is Result =>
  isObject(value) && typeof value.work === 'string' && typeof value.sha256 === 'string' && isSha256(value.sha256)

/** Opens what is known to the user. */
export const openEarlierResults = async (environment: Environment): Promise<EarlierResults> => {
  const known = await openCachedMap(environment, 'run-results.json', isResult)
  return {
    find: (path, work) => {
      const result = known.get(path)
      return result?.work === work ? result.sha256 : undefined
    },
    note: async (results) => {
      for (const { path, work, sha256 } of results) {
        const before = known.get(path)
        if (before?.work !== work || before.sha256 !== sha256) known.set(path, { work, sha256 })
      }
      await known.save()
    },
  }
}
