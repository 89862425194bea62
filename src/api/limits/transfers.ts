/** The budgets of files that go in and out: their bytes in a window, and how many do so at a time. */
import type { Count } from '../../cluster/ports/counting.ts'
import { LEAST_TRANSFER_BYTES, type Limits, WINDOW_SECONDS } from './budgets.ts'
import { exceeded } from './counter.ts'
import { type Quota, rateLimitHeaders } from './headers.ts'
import { createSlots, type Release } from './slots.ts'
import { createWindows } from './windows.ts'

/** Nobody knows when a transfer ends: how soon it is worth while to ask again. */
const TRANSFER_RETRY_MS = 5000

/** Counts bytes that have gone in or out. */
export type CountBytes = (bytes: number) => void

/** A transfer that was let in. */
export type Transfer = { readonly count: CountBytes; readonly end: Release }

/** Lets transfers in. It tells in headers how much is left, before it rejects with `RATE_LIMIT_EXCEEDED` where nothing is. */
export type BeginTransfer = (caller: string, tell: (headers: Record<string, string>) => void) => Promise<Transfer>

/** Counts what comes while the answer to an earlier count is awaited together: chunks come faster than another node answers. */
const countTogether = (add: (bytes: number) => Promise<unknown>): CountBytes => {
  let uncounted = 0
  let isAwaited = false
  const countAll = async () => {
    isAwaited = true
    while (uncounted > 0) {
      const bytes = uncounted
      uncounted = 0
      await add(bytes)
    }
    isAwaited = false
  }
  return (bytes) => {
    uncounted += bytes
    if (!isAwaited) void countAll()
  }
}

/**
 * Budgets of which nothing is used yet.
 * @param elsewhere - where bytes are counted, where that is not in this process; what it cannot count there it counts here
 * @param monotonic - milliseconds that never jump
 */
export const createTransferBudget = (
  { transferBytes, transfers }: Pick<Limits, 'transferBytes' | 'transfers'>,
  elsewhere?: Count,
  monotonic?: () => number,
): BeginTransfer => {
  const addTo: Count = elsewhere ?? createWindows(monotonic).add
  const slots = createSlots(transfers)
  const add = async (caller: string, bytes: number): Promise<Quota> => {
    const { total, leftMs } = await addTo(`transfer ${caller}`, bytes, WINDOW_SECONDS * 1000)
    return {
      name: 'transfer',
      limit: transferBytes,
      remaining: Math.max(0, transferBytes - total),
      resetMs: leftMs,
      windowSeconds: WINDOW_SECONDS,
      unit: 'content-bytes',
    }
  }
  const atATime = (caller: string): Quota => ({
    name: 'transfers',
    limit: transfers,
    remaining: transfers - slots.held(caller),
    resetMs: TRANSFER_RETRY_MS,
  })

  return async (caller, tell) => {
    const before = await add(caller, 0)
    if (before.remaining === 0) {
      tell(rateLimitHeaders(before))
      const used = `${transferBytes} bytes of files in ${WINDOW_SECONDS / 60} minutes are used up`
      throw exceeded(`${used}; --rate-limit-bytes raises the limit`, before)
    }
    const release = slots.take(caller)
    if (release === null) {
      tell(rateLimitHeaders(atATime(caller), [before]))
      const open = `${transfers} transfers of files are under way at a time`
      throw exceeded(`${open}; wait for one, or --rate-limit-transfers raises the limit`, atATime(caller))
    }
    try {
      tell(rateLimitHeaders(await add(caller, LEAST_TRANSFER_BYTES), [atATime(caller)]))
    } catch (error) {
      release()
      throw error
    }
    const further = countTogether((bytes) => add(caller, bytes))
    let paid = LEAST_TRANSFER_BYTES
    const count = (bytes: number) => {
      const beyond = Math.max(0, bytes - paid)
      paid -= bytes - beyond
      if (beyond > 0) further(beyond)
    }
    return { count, end: release }
  }
}
