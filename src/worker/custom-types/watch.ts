/** Noticing that a file has changed: written in place, or replaced by another, as most editors do it. */
import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

/** An editor writes in several steps: so long nothing must have happened, milliseconds. */
const QUIET_MS = 200

/**
 * Calls `changed` some time after the file may have changed. Its directory is watched: of a file that is replaced the system tells
 * no more than that it is gone.
 * @returns what ends the watching
 */
export const watchFile = (
  path: string,
  { clock, log, changed }: { readonly clock: Clock; readonly log: Log; readonly changed: () => void },
): (() => void) => {
  let cancel: () => void = () => undefined
  const blind = (error: unknown) =>
    log.warn(
      { err: error, file: path },
      'a change of the file of --tasks will not be noticed; start the worker anew then',
    )
  let watcher: FSWatcher | undefined
  try {
    watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      // Some systems do not say which file it was.
      if (name !== null && name !== basename(path)) return
      cancel()
      cancel = clock.after(QUIET_MS, changed)
    })
    watcher.on('error', blind)
  } catch (error) {
    // The system watches nothing more, or nothing here.
    blind(error)
  }
  return () => {
    cancel()
    watcher?.close()
  }
}
