/** The API, as the commands call it: a connection of the TypeScript client. */
import { connect, type Connection } from '../../client/connection.ts'
import { version } from '../version.ts'

/** The API at an address: operations by their id. What it throws becomes a sentence in {@link asFailure}. */
export type Api = Connection

/** Where an API is, and by which key. */
export type Address = {
  /** Its base, without `/api/v1`. */
  readonly url: string
  /** The API key, where it asks for one. */
  readonly key: string | undefined
  /** What sends the requests. */
  readonly fetch: typeof fetch
}

/** Connects to the API at an address. Nothing is sent before the first call. */
export const connectTo = ({ url, key, fetch: send }: Address): Api =>
  connect(url, {
    ...(key === undefined ? {} : { apiKey: key }),
    // Who types a command wants to know at once that nothing answers; what must not be lost is asked for again by `underKey`.
    maxRetries: 0,
    fetch: (input, init = {}) => {
      const headers = new Headers(init.headers)
      headers.set('user-agent', `retire-cluster/${version}`)
      return send(input, { ...init, headers })
    },
  })

/** Values without those that nobody named: flags that are not given are no part of a request. */
export type Named<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Leaves out what is undefined. */
export const named = <T extends object>(values: T): Named<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Named<T>
