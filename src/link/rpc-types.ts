/** The types of a JSON-RPC peer, made from its table of methods: nothing of a method is written a second time. */
import type { Static, TSchema } from '@sinclair/typebox'
import type { LinkMethod } from '../../schemas/link.ts'

/** A table of methods, such as `linkMethods`. */
export type MethodTable = Readonly<Record<string, LinkMethod>>
/** An end of a link. */
export type Side = LinkMethod['from']

/** What a method takes. */
export type Params<T extends MethodTable, M extends keyof T> = Static<T[M]['params']>
/** What a method answers; undefined for a notification. */
export type Result<T extends MethodTable, M extends keyof T> = T[M]['result'] extends TSchema
  ? Static<T[M]['result']>
  : undefined

/** The methods that one side calls and that are answered. */
export type Requests<T extends MethodTable, From extends Side> = {
  [M in keyof T & string]: T[M] extends { from: From; result: TSchema } ? M : never
}[keyof T & string]
/** The methods that one side calls and that are not answered. */
export type Notifications<T extends MethodTable, From extends Side> = {
  [M in keyof T & string]: T[M] extends { from: From; result: null } ? M : never
}[keyof T & string]

/** One function for each method that the other side may call. A request's rejection is answered as an error. */
export type Handlers<T extends MethodTable, From extends Side> = {
  readonly [M in Requests<T, From>]: (params: Params<T, M>) => Promise<Result<T, M>> | Result<T, M>
} & {
  readonly [M in Notifications<T, From>]: (params: Params<T, M>) => void
}

/** How a link ended. `by` is `remote` too where the other side was given up as lost. */
export type LinkEnd = { readonly by: 'local' | 'remote'; readonly code: number; readonly reason: string }

/** One end of a link. */
export interface Peer<T extends MethodTable, Local extends Side> {
  /** Sends a message and forgets it. False where it was not sent: the connection is gone, or the message is not valid. */
  notify<M extends Notifications<T, Local>>(method: M, params: Params<T, M>): boolean
  /**
   * Sends a request.
   * @throws ClusterError as the other side threw it
   * @throws RpcError where there is no answer within `timeoutMs`, or none at all
   */
  request<M extends Requests<T, Local>>(method: M, params: Params<T, M>, timeoutMs: number): Promise<Result<T, M>>
  /** Closes the connection; what is under way is dropped. A reason is cut to 123 bytes (RFC 6455 §5.5). */
  close(code: number, reason: string): void
  /** Gives the other side up as lost: ends the connection at once, without a goodbye. */
  terminate(): void
}
