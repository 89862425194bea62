/** HTTP load, by autocannon in a process of its own (load-process.ts). */
import { join } from 'node:path'
import { type Asked, startAsked } from './asked.ts'

/** What is asked of a server. */
export type Load = {
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  /** JSON. */
  readonly body?: string
  /** Requests that are under way at a time, each on a connection of its own. */
  readonly connections: number
  readonly seconds: number
  /** Requests a second of all connections together; when absent, as many as are answered. */
  readonly rate?: number
}

/** How it was answered. */
export type Answered = {
  readonly answers: number
  /** Answers a second. */
  readonly perSecond: number
  /** From a request to the end of its answer, milliseconds. */
  readonly p50Ms: number
  readonly p99Ms: number
}

/** A process that makes load. */
export type LoadMaker = Asked<Load, Answered>

/** Starts one. A run in which an answer was no 2xx fails. */
export const startLoadMaker = (): LoadMaker => startAsked(join(import.meta.dirname, 'load-process.ts'))
