/** The task types of an owner's own, as they are offered now: those of the last text of their file that could be used. */
import type { Offer } from '../../../schemas/device-profile.ts'
import type { Clock } from '../clock.ts'
import { WorkerError } from '../errors.ts'
import { type CustomOptions, customRunner } from '../executors/custom.ts'
import type { Executor } from '../executors/execution.ts'
import { readSource, typesOf } from './read.ts'
import { watchFile } from './watch.ts'

/** The types of a device. */
export interface CustomTypes {
  /** As they are offered. */
  offered(): Offer['custom_types']
  /** What runs tasks of a type; undefined where it is none of them. */
  executorOf(task_type: string): Executor | undefined
  /** Reads the file again whenever it changes, and calls `changed` where that has changed the types. */
  follow(changed: () => void): void
  /** Follows it no more. */
  stop(): void
}

/** Those of a worker without `--tasks`. */
export const noCustomTypes: CustomTypes = {
  offered: () => [],
  executorOf: () => undefined,
  follow: () => undefined,
  stop: () => undefined,
}

/**
 * Reads the types of a file.
 * @param path - absolute
 * @throws WorkerError `TASKS_UNUSABLE`
 */
export const openCustomTypes = async (
  path: string,
  { clock, ...options }: CustomOptions & { readonly clock: Clock },
): Promise<CustomTypes> => {
  const { log } = options
  let current = await typesOf(await readSource(path), options)
  let isStopped = false
  let stopWatching: () => void = () => undefined
  /** Readings follow one another: the last text counts. */
  let reading = Promise.resolve()

  const reread = async (changed: () => void): Promise<void> => {
    try {
      const file = await readSource(path)
      if (isStopped || file.source === current.file.source) return
      const read = await typesOf(file, options)
      const isSame = JSON.stringify(read.types) === JSON.stringify(current.types)
      current = read
      log.info(
        { file: path, task_types: read.types.map(({ task_type }) => task_type) },
        'the file of --tasks was read again',
      )
      if (!isSame) changed()
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error
      log.warn(
        { why: error.message },
        'the file of --tasks has changed and cannot be used; what was offered before still is',
      )
    }
  }

  return {
    offered: () => current.types,
    executorOf: (task_type) =>
      current.types.some((type) => type.task_type === task_type)
        ? customRunner(options, current.file, task_type)
        : undefined,
    follow: (changed) => {
      const again = () => {
        reading = reading
          .then(() => reread(changed))
          .catch((error: unknown) =>
            log.error({ err: error, file: path }, 'the file of --tasks could not be read again'),
          )
      }
      stopWatching = watchFile(path, { clock, log, changed: again })
      // It may have changed since it was read first.
      again()
    },
    stop: () => {
      isStopped = true
      stopWatching()
    },
  }
}
