/** Clients of a stream of events, all in a process of their own (readers-process.ts). */
import { join } from 'node:path'
import { type Asked, startAsked } from './asked.ts'

/** What they read, and what makes events. */
export type Reading = {
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly streams: number
  /** A `POST` that makes so many events. */
  readonly cause: { readonly path: string; readonly body: string; readonly events: number }
  readonly seconds: number
}

/** How they got them. */
export type Delivered = {
  /** To all streams together. */
  readonly events: number
  /** Events a second, of all streams together. */
  readonly perSecond: number
}

/** A process that reads streams. */
export type Readers = Asked<Reading, Delivered>

/** Starts one. */
export const startReaders = (): Readers => startAsked(join(import.meta.dirname, 'readers-process.ts'))
