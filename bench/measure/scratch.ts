/** Directories for the time of a bench. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory of its own, which is removed at the latest when this process ends. */
export type Scratch = { readonly directory: string; remove(): void }

/** Makes one. */
export const makeScratch = (): Scratch => {
  const directory = mkdtempSync(join(tmpdir(), 'retire-cluster-bench-'))
  // What has just been ended may still be writing.
  const remove = () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  process.once('exit', remove)
  return {
    directory,
    remove: () => {
      process.off('exit', remove)
      remove()
    },
  }
}
