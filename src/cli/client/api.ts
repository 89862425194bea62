/** Calls of the API: envelopes are opened here, and errors become sentences. */
import type { ErrorEnvelope, Success } from '../../../schemas/envelope.ts'
import { isObject } from '../options/file.ts'
import { Refusal, Unreachable } from './failures.ts'
import { type Address, type Call, send } from './sending.ts'

/** Calls the API; resolves with the `data` of its answer. @throws Refusal, Unreachable */
export type Api = <T>(call: Call) => Promise<T>

const hints: Readonly<Record<string, string>> = {
  AUTHENTICATION_REQUIRED: ' Give yours by --api-key, or once and for all: retire-cluster config set api_key KEY',
}

const isSuccess = (answer: unknown): answer is Success<unknown> => isObject(answer) && answer.status === 'success'
const isError = (answer: unknown): answer is ErrorEnvelope =>
  isObject(answer) && answer.status === 'error' && isObject(answer.error)

/** The API's own sentence, what to do where the client knows better, and the id under which the server's log has it. */
const refusal = ({ error, request_id }: ErrorEnvelope, remark: string): Refusal =>
  new Refusal(`${error.message}${hints[error.code] ?? ''}${remark} (${error.code}, request ${request_id})`)

/** The API at an address. */
export const connectTo =
  (address: Address): Api =>
  async <T>(call: Call): Promise<T> => {
    const { status, text, remark } = await send(address, call)
    let answer: unknown
    try {
      answer = JSON.parse(text)
    } catch {
      // No JSON at all: not our API, but a proxy or another server. The sentence below says so.
      answer = undefined
    }
    if (isSuccess(answer)) return answer.data as T
    if (isError(answer)) throw refusal(answer, remark)
    throw new Unreachable(
      `What answers at ${address.url} (HTTP ${status}) is not the Retire-Cluster API; name its address by --api-url.`,
    )
  }
