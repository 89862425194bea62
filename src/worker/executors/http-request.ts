/** `http_request`: makes an HTTP request from the device. */
import type { IncomingMessage } from 'node:http'
import type { PayloadOf } from '../../../schemas/task-types.ts'
import { systemCode } from '../errors.ts'
import { addressRule } from '../http/addresses.ts'
import { openConnection, type ConnectionOptions } from '../http/connection.ts'
import { exchange, firstRequest, type HttpRequest, MAX_REDIRECTS, redirectOf } from '../http/exchange.ts'
import { type Network, systemNetwork } from '../http/network.ts'
import { AddressRefused, BadRequest } from '../http/refusals.ts'
import { completed, type Execution, type ExecutionContext, failed, interrupted, rejected } from './execution.ts'
import { captureOutput, type OutputCapture } from './output.ts'

/** What the executor needs of the worker. */
export type HttpRequestOptions = {
  /** The owner's permissions beside the types. */
  readonly allow: readonly string[]
  /** For tests. */
  readonly network?: Network
}

/** How far a task has come: what its failure means depends on it. */
type Progress = { request: HttpRequest | undefined; redirects: number }

const readBody = async (response: IncomingMessage, capture: OutputCapture): Promise<void> => {
  const taker = capture.stream()
  for await (const chunk of response) taker.write(chunk as Buffer)
  taker.end()
}

/** Headers as `fetch` shows them: several of one name are joined by a comma. */
const headersOf = (response: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(response.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]),
  )

const perform = async (
  payload: PayloadOf<'http_request'>,
  progress: Progress,
  connection: ConnectionOptions,
  capture: OutputCapture,
): Promise<Execution> => {
  let request = firstRequest(payload)
  for (;;) {
    progress.request = request
    const socket = await openConnection(request.url, connection)
    try {
      const response = await exchange(request, socket, connection.signal)
      const next = redirectOf(response, request)
      if (next === undefined) {
        await readBody(response, capture)
        const { statusCode: status } = response
        const value = { status, headers: headersOf(response), url: request.url.href, redirects: progress.redirects }
        return completed({ ...capture.printed(), value })
      }
      request = next
    } finally {
      socket.destroy()
    }
    if (progress.redirects === MAX_REDIRECTS) throw new BadRequest(`More than ${MAX_REDIRECTS} redirects.`)
    progress.redirects += 1
  }
}

const failureOf = (error: unknown, { request, redirects }: Progress, capture: OutputCapture): Execution => {
  const result = { ...capture.printed(), exit_code: null, signal: null, value: null }
  if (error instanceof AddressRefused) {
    // Once a request has been made, another device would make it again.
    return redirects === 0 ? rejected(error.message) : failed('TASK_REJECTED', error.message)
  }
  if (error instanceof BadRequest) return failed('TASK_ERROR', error.message)
  const code = systemCode(error)
  if (code === undefined) throw error
  return failed('TASK_ERROR', `${request?.url.origin ?? 'The server'} gave no whole answer: ${code}.`, { result })
}

/** Makes the executor. Whatever the status of the answer, a task that got one has completed. */
export const httpRequester =
  ({ allow, network = systemNetwork }: HttpRequestOptions) =>
  async (
    payload: PayloadOf<'http_request'>,
    { signal: ended, killed, onOutput }: ExecutionContext,
  ): Promise<Execution> => {
    const signal = AbortSignal.any([ended, killed])
    const capture = captureOutput(onOutput)
    const progress: Progress = { request: undefined, redirects: 0 }
    const check = addressRule(allow, network.ownNetworks())
    try {
      return await perform(payload, progress, { network, check, signal }, capture)
    } catch (error) {
      if (signal.aborted) return interrupted({ ...capture.printed(), exit_code: null, signal: null, value: null })
      return failureOf(error, progress, capture)
    }
  }
