/** The budgets that requests are counted against (CONTRACT.md §4). */
import type { FastifyRequest } from 'fastify'

/** How much a key may ask, or an address where keys are off. */
export type Limits = {
  /** Requests that change nothing, in {@link WINDOW_SECONDS}. */
  readonly read: number
  /** Requests that change something, in {@link WINDOW_SECONDS}; a batch counts as one. */
  readonly write: number
  /** Monitor streams that are open at a time. */
  readonly streams: number
  /** Bytes of files that go in and out, in {@link WINDOW_SECONDS}. A transfer that was let in comes to its end. */
  readonly transferBytes: number
  /** Files that go in or out at a time. */
  readonly transfers: number
}

/** The limits of the contract. */
export const defaultLimits: Limits = {
  read: 1000,
  write: 100,
  streams: 10,
  transferBytes: 100 * 1024 ** 3,
  transfers: 16,
}

/**
 * What every transfer counts as at least, bytes, so that those that move nothing are bounded too: of the default, 400,000 requests.
 * 5,000 small files go in and out for 2.4 GiB.
 */
export const LEAST_TRANSFER_BYTES = 256 * 1024

/**
 * Wrong keys that an address may send in {@link WINDOW_SECONDS}. Always on, for keys that people choose can be guessed. A key that
 * is none of ours is counted, not one that is missing; and one that is ours is let in whatever was sent before.
 */
export const MOST_WRONG_KEYS = 100

/** A window begins with its first request, and is as long as this. */
export const WINDOW_SECONDS = 15 * 60

/** A budget in a window: of requests, or of the bytes of transfers. */
export type Budget = 'read' | 'write' | 'transfer'

const safe = { GET: true, HEAD: true, OPTIONS: true }

/**
 * The budget that a request is counted against; null for `/health`. Paths and methods that do not exist count too: by their
 * method, as nothing else is known of them.
 */
export const budgetOf = ({ method, routeOptions }: Pick<FastifyRequest, 'method' | 'routeOptions'>): Budget | null => {
  const { operation } = routeOptions.config
  if (operation?.scope === null) return null
  if (operation?.transfer === true) return 'transfer'
  return method in safe || operation?.scope === 'read' ? 'read' : 'write'
}
