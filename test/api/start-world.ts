/** The API in front of a real node, with devices that the test plays. */
import type { Test } from 'tap'
import type { ConfigPatch, Success } from '../../schemas/index.ts'
import { createWorld } from '../cluster/world.ts'
import { type Answer, serve } from './start-api.ts'

/** Starts both; they end with the test. Nothing is limited: tests of the figures ask more than a caller may. */
export const startWorld = async (t: Test, pinned: ConfigPatch = {}) => {
  const world = await createWorld(t, pinned)
  const api = await serve(t, world.node.cluster, { limits: null })

  /** The `data` of an answer that must be a success. */
  const dataOf = (answer: Answer): unknown => {
    if (answer.status >= 300) throw new Error(`expected a success, got ${answer.status}: ${answer.text}`)
    return (JSON.parse(answer.text) as Success<unknown>).data
  }
  /** The `data` of a GET. */
  const get = async <T>(path: string): Promise<T> => dataOf(await api.call('GET', `/api/v1${path}`)) as T
  /** The `data` of a request with a body. */
  const send = async <T>(method: string, path: string, body: unknown): Promise<T> =>
    dataOf(await api.send(method, `/api/v1${path}`, body)) as T
  /** The error of a request; with its status. */
  const refusal = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer =
      body === undefined
        ? await api.call(method, `/api/v1${path}`, { headers })
        : await api.send(method, `/api/v1${path}`, body, headers)
    return { status: answer.status, ...answer.json().error }
  }

  return { world, api, get, send, refusal }
}
