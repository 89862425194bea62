/** The requests of one link that wait for their answers. */
import { RpcError } from './rpc-errors.ts'

/** A request that waits. Settling it ends its timer. */
export type PendingRequest = {
  readonly method: string
  resolve(result: unknown): void
  reject(error: Error): void
}

/** The requests of one link that wait. */
export interface PendingRequests {
  /**
   * Adds a request and sends it.
   * @param send - is given the id; false: the connection is gone
   * @throws RpcError `closed`, `timeout`, or what `send` throws
   */
  add(method: string, timeoutMs: number, send: (id: number) => boolean): Promise<unknown>
  /** Takes out a request to settle it; undefined where it is settled already. */
  take(id: number): PendingRequest | undefined
  /** Rejects all that wait as `closed`. */
  rejectAll(message: string): void
}

/** Makes the list of waiting requests of a link. */
export const pendingRequests = (): PendingRequests => {
  const waiting = new Map<number, PendingRequest>()
  let lastId = 0

  const take = (id: number) => {
    const request = waiting.get(id)
    waiting.delete(id)
    return request
  }

  return {
    take,
    add: (method, timeoutMs, send) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        const timer = setTimeout(() => {
          take(id)?.reject(new RpcError('timeout', `${method} was not answered within ${timeoutMs} ms`))
        }, timeoutMs)
        waiting.set(id, {
          method,
          resolve: (result) => {
            clearTimeout(timer)
            resolve(result)
          },
          reject: (error) => {
            clearTimeout(timer)
            reject(error)
          },
        })
        try {
          if (!send(id)) take(id)?.reject(new RpcError('closed', 'the link is not connected'))
        } catch (error) {
          take(id)?.reject(error as RpcError)
        }
      }),
    rejectAll: (message) => {
      for (const id of [...waiting.keys()]) take(id)?.reject(new RpcError('closed', message))
    },
  }
}
