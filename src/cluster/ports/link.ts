/** The device link as the domain sees it: connections that it can speak to, and the gate that they come in by. */
import type {
  DeviceProfile,
  FinishedParams,
  HelloParams,
  HelloResult,
  MethodsFrom,
  ParamsOf,
  ResultOf,
  Telemetry,
  AttemptRef,
  OutputParams,
  ProgressParams,
  LinkMethodName,
  Offer,
} from '../../../schemas/index.ts'

/** The methods of the node that expect no answer. */
export type NodeNotification = {
  [M in MethodsFrom<'node'>]: ResultOf<M> extends undefined ? M : never
}[MethodsFrom<'node'>]
/** The methods of the node that expect one. */
export type NodeRequest = Exclude<MethodsFrom<'node'>, NodeNotification>

/** One open connection to a device. */
export interface DeviceLink {
  /** The address that it comes from. */
  readonly address: string
  /** Sends a message and forgets it; nothing happens where the connection is gone. */
  notify<M extends NodeNotification & LinkMethodName>(method: M, params: ParamsOf<M>): void
  /** Sends a request. Rejects after `timeoutMs`, or when the connection closes first. */
  request<M extends NodeRequest & LinkMethodName>(
    method: M,
    params: ParamsOf<M>,
    timeoutMs: number,
  ): Promise<ResultOf<M>>
  /** Closes the connection with a code of `closeCodes` and a reason of at most 123 bytes (RFC 6455 §5.5). */
  close(code: number, reason: string): void
}

/** What a device says on its connection. Every message has passed its schema. */
export interface DeviceSession {
  /**
   * The first message. Resolves when what it changed is on disk.
   * @throws ClusterError `AUTHENTICATION_REQUIRED` or `PERMISSION_DENIED` where the device is refused
   */
  hello(params: HelloParams): Promise<HelloResult>
  heartbeat(telemetry: Telemetry): void
  /** More of what the device is has become known. */
  profile(profile: DeviceProfile): void
  /** It offers something else from now on. Resolves when that is on disk. */
  offer(offer: Offer): Promise<Record<string, never>>
  started(attempt: AttemptRef): void
  output(output: OutputParams): void
  progress(report: ProgressParams): void
  /**
   * Resolves when the end is on disk, or known before; only then may the device forget it, and the files that it left.
   * @throws ClusterError `ARTIFACT_NOT_FOUND` where one of `result.artifacts` is not stored (any more): it is to be sent again first
   */
  finished(end: FinishedParams): Promise<Record<string, never>>
  /** The device stops by itself. */
  goodbye(): void
  /** The connection is gone. `by` is who closed it: only the device's side starts the reconnect grace. */
  closed(by: 'device' | 'node'): void
}

/** Where connections come in. */
export interface DeviceGate {
  /** A device has connected, and has not yet said who it is. */
  connect(link: DeviceLink): DeviceSession
}

/** How a device joins with a token, as people are told. */
export interface Invitation {
  /** The token as a worker takes it. */
  readonly token: string
  /** The line to paste on the device. */
  readonly command: string
  /** The page that has the line. */
  readonly url: string
}

/** Words an invitation. Where the node is, and by what key it is known, its link knows. */
export type Invite = (secret: string) => Promise<Invitation>
