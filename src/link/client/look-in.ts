/** Looks whether a node is where it should be, without saying who asks. */
import { request as plainRequest, type RequestOptions } from 'node:http'
import { request as secureRequest } from 'node:https'
import { finishPinned, pinnedOptions, WrongKey } from '../pinned-request.ts'
import type { NodeEndpoint } from './open-socket.ts'

/** A node that has answered. */
export type Seen = {
  /** Its clock by the clock of this device, milliseconds: positive where the node is ahead. Null where it told no time. */
  readonly aheadMs: number | null
  /** The status of its answer. */
  readonly status: number
}

/**
 * Asks a node for the head of its page.
 * @throws WrongKey where what answers is not the node, and was told nothing; else the error of the system or of TLS
 */
export const lookIn = ({ host, port, fingerprint }: NodeEndpoint, timeoutMs: number): Promise<Seen> =>
  new Promise((resolve, reject) => {
    const options: RequestOptions = { host, port, path: '/join', method: 'HEAD', agent: false, timeout: timeoutMs }
    const asked = fingerprint === undefined ? plainRequest(options) : secureRequest({ ...options, ...pinnedOptions })
    const timer = setTimeout(
      () => asked.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })),
      timeoutMs,
    )
    let sentMs = Date.now()
    const send = () => {
      sentMs = Date.now()
      asked.end()
    }
    asked.once('response', (response) => {
      // The header has whole seconds, cut off; the answer was made half way between asking and hearing.
      const saidMs = Date.parse(response.headers.date ?? '') + 500
      const aheadMs = Number.isNaN(saidMs) ? null : Math.round(saidMs - (sentMs + Date.now()) / 2)
      resolve({ aheadMs, status: response.statusCode ?? 0 })
      response.resume()
    })
    asked.on('error', reject)
    asked.once('close', () => clearTimeout(timer))
    if (fingerprint === undefined) send()
    else
      finishPinned(
        asked,
        fingerprint,
        send,
        (shown) =>
          new WrongKey(
            `what answers at ${host} has another key (${shown}) than the one that is known (${fingerprint})`,
          ),
      )
  })
