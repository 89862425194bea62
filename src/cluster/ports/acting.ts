/** Who acts, carried along with what is done on their behalf. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Deed } from '../../../schemas/index.ts'

/** Deeds that are under way. */
export interface Acting {
  /** Does `work` as this deed. What is begun in it and goes on after it has settled is nobody's. */
  run<T>(deed: Deed, work: () => Promise<T>): Promise<T>
  /** The deed that the caller is part of, as long as nobody has taken it. */
  current(): Deed | undefined
  /** The same; nobody gets it after that, so that it is written once. */
  take(): Deed | undefined
}

/**
 * Deeds, found by the asynchronous context and not handed from function to function: what changes the state cannot forget to
 * tell who did, and operations that are added later are in the audit log without a word of theirs.
 */
export const createActing = (): Acting => {
  const storage = new AsyncLocalStorage<{ deed: Deed | undefined }>()
  const current = () => storage.getStore()?.deed
  return {
    run: async (deed, work) => {
      const open: { deed: Deed | undefined } = { deed }
      try {
        return await storage.run(open, work)
      } finally {
        open.deed = undefined
      }
    },
    current,
    take: () => {
      const open = storage.getStore()
      const deed = current()
      if (open !== undefined) open.deed = undefined
      return deed
    },
  }
}
