/**
 * What the API asks of the cluster: one method per operation, one object in, one object out, both of JSON alone,
 * so that it is the same in this process and over the link.
 */
import type {
  ApiKey,
  ApiKeyRequest,
  ClusterStatus,
  DeviceDetail,
  DeviceList,
  DeviceListQuery,
  DeviceRemoval,
  PingRequest,
  PingResults,
  TaskCancellation,
  TaskDetail,
  TaskList,
  TaskListQuery,
  TaskRetried,
  TaskRetryRequest,
  TaskSubmission,
  TaskSubmitted,
} from '../../schemas/index.ts'

/** The cluster. Every method rejects with a `ClusterError` of the contract, and with nothing else that is meant for users. */
export interface Cluster {
  /** The cluster in figures. */
  status(): Promise<ClusterStatus>
  readonly devices: {
    /** A page of the registered devices. Errors: `VALIDATION_ERROR` for a foreign cursor. */
    list(query: DeviceListQuery): Promise<DeviceList>
    /** Errors: `DEVICE_NOT_FOUND`. */
    get(input: { device_id: string }): Promise<DeviceDetail>
    /** Measures round trips; an unreachable device is an answer, not an error. Errors: `DEVICE_NOT_FOUND`. */
    ping(input: { device_id: string } & PingRequest): Promise<PingResults>
    /** Errors: `DEVICE_NOT_FOUND`, `DEVICE_BUSY`. */
    remove(input: { device_id: string; force: boolean }): Promise<DeviceRemoval>
  }
  readonly tasks: {
    /**
     * Takes in a task; resolves when it is on disk. `wait` in seconds, 0 for not at all.
     * Errors: `INVALID_TASK_TYPE`, `DEVICE_NOT_FOUND`, `DEVICE_OFFLINE`, `INSUFFICIENT_RESOURCES`, `VALIDATION_ERROR`, `STORAGE_FULL`.
     */
    submit(input: { submission: TaskSubmission; wait: number }): Promise<TaskSubmitted>
    /** A page of tasks, newest first. Errors: `VALIDATION_ERROR` for a foreign cursor. */
    list(query: TaskListQuery): Promise<TaskList>
    /** Errors: `TASK_NOT_FOUND`. */
    get(input: { task_id: string; wait: number }): Promise<TaskDetail>
    /** Errors: `TASK_NOT_FOUND`, `TASK_NOT_CANCELLABLE`. */
    cancel(input: { task_id: string }): Promise<TaskCancellation>
    /** Errors: `TASK_NOT_FOUND`, `TASK_NOT_RETRYABLE`. */
    retry(input: { task_id: string } & TaskRetryRequest): Promise<TaskRetried>
  }
  readonly keys: {
    /** The key with this secret, by the SHA-256 of it in hexadecimal; null where there is none, or it has expired. */
    authenticate(input: { secret_hash: string }): Promise<ApiKey | null>
    /** All keys, without their secrets. */
    list(): Promise<{ keys: ApiKey[] }>
    /** Makes a key; its secret is told this once. */
    create(input: ApiKeyRequest): Promise<{ key: ApiKey; secret: string }>
  }
  /** Whether the node answers; `/health` tells it. */
  reachability(): { reachable: true } | { reachable: false; reason: string; since_ms: number }
}
