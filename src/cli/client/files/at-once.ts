/** The same for many files, a few at a time. */
import { collectSpentBuffers } from '../../../http/spent-buffers.ts'

/**
 * Does something with each item, at most `atOnce` at a time, in their order. After an error no other is begun, and what is under
 * way is waited for.
 * @throws the first error
 */
export const eachAtOnce = async <T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> => {
  const waiting = items[Symbol.iterator]()
  const errors: unknown[] = []
  const lane = async () => {
    while (errors.length === 0) {
      const next = waiting.next()
      if (next.done === true) return
      try {
        await work(next.value)
      } catch (error) {
        errors.push(error)
      }
    }
  }
  const collectNoMore = collectSpentBuffers()
  await Promise.all(Array.from({ length: atOnce }, lane))
  collectNoMore()
  if (errors.length > 0) throw errors[0]
}
